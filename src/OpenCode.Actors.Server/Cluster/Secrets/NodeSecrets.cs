using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Primitives;

namespace OpenCode.Actors.Server.Cluster.Secrets;

/// <summary>What nodes prove themselves with to each other (RULES H2). While it changes, two are taken.</summary>
internal sealed class NodeSecrets(IReadOnlyList<string> secrets)
{
    private readonly byte[][] _hashes = [.. secrets.Select(static secret => Hash(secret))];

    /// <summary>Gets the one that this node sends.</summary>
    public string Own => secrets[0];

    /// <summary>Tells whether a caller is a node. Takes as long for a wrong secret as for a right one.</summary>
    public bool Accept(StringValues given)
    {
        var hash = Hash(given.ToString());
        var accepted = false;
        foreach (var known in _hashes)
            accepted |= CryptographicOperations.FixedTimeEquals(hash, known);
        return accepted;
    }

    private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
