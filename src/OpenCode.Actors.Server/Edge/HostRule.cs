using System.Net;
using System.Net.Sockets;

namespace OpenCode.Actors.Server.Edge;

/// <summary>The names under which a server without a password answers (rule "Allowed hosts").</summary>
internal sealed class HostRule(bool hasPassword, string hostname, IEnumerable<string> allowedHosts)
{
    private readonly HashSet<string> _names = new(allowedHosts.Append(hostname), StringComparer.OrdinalIgnoreCase);

    /// <summary>True if this <c>Host</c>, without its port, names this server.</summary>
    /// <param name="host">Empty when the request has none, which only HTTP/1.0 allows and no browser sends.</param>
    public bool Allows(string host)
    {
        if (hasPassword || host.Length == 0)
            return true; // a rebound page has no credentials

        var name = host.EndsWith('.') ? host[..^1] : host;
        return name.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || name.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)
            || IsAddress(name)
            || _names.Contains(name);
    }

    // An address cannot be rebound. Only the usual spellings: "1" or "127.1" could be names of a local network.
    private static bool IsAddress(string name) =>
        name.StartsWith('[') && name.EndsWith(']')
            ? IPAddress.TryParse(name, out var six) && six.AddressFamily == AddressFamily.InterNetworkV6
            : IPAddress.TryParse(name, out var four) && four.AddressFamily == AddressFamily.InterNetwork && four.ToString() == name;
}
