using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Akka.Remote.Transport.DotNetty;

namespace OpenCode.Actors.Clustering.Security;

/// <summary>Mutual TLS between nodes: each presents the key of its first secret and accepts those of all its secrets, and no other.</summary>
internal static class ClusterTls
{
    /// <summary>Makes the setup of Akka's transport.</summary>
    /// <param name="secrets">The secrets, the one that is presented first.</param>
    public static DotNettySslSetup SetupOf(IReadOnlyList<string> secrets)
    {
        var accepted = secrets.Select(ClusterKey.PublicKeyOf).ToArray();
        return new DotNettySslSetup(
            ClusterKey.CertificateOf(secrets[0]),
            suppressValidation: false,
            requireMutualAuthentication: true,
            customValidator: (certificate, _, _, _, _) => certificate is not null && IsAccepted(certificate, accepted));
    }

    private static bool IsAccepted(X509Certificate2 certificate, byte[][] accepted)
    {
        var key = certificate.PublicKey.ExportSubjectPublicKeyInfo();
        return Array.Exists(accepted, one => CryptographicOperations.FixedTimeEquals(one, key));
    }
}
