using System.Security.Cryptography;
using System.Text;

namespace OpenCode.Actors.Server.Edge;

/// <summary>The credentials of the server: HTTP Basic, or the same pair in the query's <c>auth_token</c> for clients that cannot set headers.</summary>
internal sealed class Credentials(string username, string password)
{
    private const string Scheme = "Basic ";
    private readonly byte[] _expected = SHA256.HashData(Encoding.UTF8.GetBytes($"{username}:{password}"));

    /// <summary>True if the header or the query has the name and password. Takes the same time whatever is wrong.</summary>
    public bool Accept(string? authorization, string? token) =>
        (authorization?.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) == true && Matches(authorization.AsSpan(Scheme.Length).Trim()))
        || (!string.IsNullOrEmpty(token) && Matches(token));

    private bool Matches(ReadOnlySpan<char> base64)
    {
        var pair = new byte[base64.Length];
        return Convert.TryFromBase64Chars(base64, pair, out var length)
            && CryptographicOperations.FixedTimeEquals(SHA256.HashData(pair.AsSpan(0, length)), _expected);
    }
}
