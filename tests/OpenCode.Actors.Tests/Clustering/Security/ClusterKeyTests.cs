using OpenCode.Actors.Clustering.Security;

namespace OpenCode.Actors.Tests.Clustering.Security;

public sealed class ClusterKeyTests
{
    [Fact]
    public void A_secret_makes_the_same_key_on_every_node_and_for_ever()
    {
        using var certificate = ClusterKey.CertificateOf("a secret of the cluster");

        Assert.Equal(ClusterKey.PublicKeyOf("a secret of the cluster"), certificate.PublicKey.ExportSubjectPublicKeyInfo());
        Assert.True(certificate.HasPrivateKey);
        Assert.Equal("466075EBE244A010B9B2BB4BBA157AEA", Convert.ToHexString(ClusterKey.PublicKeyOf("a secret of the cluster"))[54..86]);
    }

    [Fact]
    public void Another_secret_makes_another_key() =>
        Assert.NotEqual(ClusterKey.PublicKeyOf("a secret of the cluster"), ClusterKey.PublicKeyOf("a secret of the clusteR"));
}
