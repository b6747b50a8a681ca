using System.Numerics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace OpenCode.Actors.Clustering.Security;

/// <summary>The TLS key of a cluster, made from its secret: every node with the secret has the same key, so there are no certificates to hand out.</summary>
internal static class ClusterKey
{
    // A client sees the public key before it has proved anything: guessing the secret has to cost.
    private const int Rounds = 200_000;

    private static readonly byte[] _salt = "opencode-actors cluster secret 1"u8.ToArray();
    private static readonly byte[] _info = "tls key P-256"u8.ToArray();

    // The order of NIST P-256 (FIPS 186-4, D.1.2.3).
    private static readonly BigInteger _order = new(Convert.FromHexString("FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551"), isUnsigned: true, isBigEndian: true);

    // Fixed: nodes whose clocks differ accept each other, since the key is pinned and no date is looked at.
    private static readonly DateTimeOffset _notBefore = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset _notAfter = new(2120, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Makes a self-signed certificate with the key of a secret. Takes about 0.1 s.</summary>
    /// <param name="secret">The secret.</param>
    /// <returns>The certificate with its private key; its public key is the same for the same secret.</returns>
    public static X509Certificate2 CertificateOf(string secret)
    {
        using var key = KeyOf(secret);
        var request = new CertificateRequest("CN=opencode-actors cluster", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1"), new Oid("1.3.6.1.5.5.7.3.2")], critical: false)); // server, client
        using var certificate = request.CreateSelfSigned(_notBefore, _notAfter);

        // With a key that only this object holds some platforms refuse to serve it.
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), password: null);
    }

    /// <summary>Gets what is pinned of a secret: the public key, DER.</summary>
    public static byte[] PublicKeyOf(string secret)
    {
        using var key = KeyOf(secret);
        return key.ExportSubjectPublicKeyInfo();
    }

    private static ECDsa KeyOf(string secret)
    {
        var stretched = Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(secret), _salt, Rounds, HashAlgorithmName.SHA256, 32);

        // 16 bytes more than the order has, so that the remainder is even (FIPS 186-4, B.4.1).
        var wide = HKDF.Expand(HashAlgorithmName.SHA256, stretched, 48, _info);
        var scalar = (new BigInteger(wide, isUnsigned: true, isBigEndian: true) % (_order - 1)) + 1;
        var d = new byte[32];
        var bytes = scalar.ToByteArray(isUnsigned: true, isBigEndian: true);
        bytes.CopyTo(d, d.Length - bytes.Length);
        return ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, D = d });
    }
}
