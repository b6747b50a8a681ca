using System.Net;
using System.Net.Sockets;

namespace OpenCode.Actors.Sessions.Tools.WebFetch;

/// <summary>Recognizes addresses of this machine and of private networks: servers there trust their neighbours.</summary>
internal static class PrivateNetworks
{
    // RFC 6890 and the registries that follow it: everything that is not globally reachable.
    private static readonly IPNetwork[] _networks =
    [
        .. ((string[])
        [
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24",
            "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4", "::/96", "::ffff:0:0:0/96", "64:ff9b:1::/48", "100::/64", "2001::/32", "2001:db8::/32", "3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
        ]).Select(static network => IPNetwork.Parse(network)),
    ];

    /// <summary>True if a host names such an address, as far as the name shows it.</summary>
    public static bool Has(Uri url) =>
        IPAddress.TryParse(url.IdnHost, out var address) ? Has(address) : url.IdnHost.TrimEnd('.') is var name && (name == "localhost" || name.EndsWith(".localhost", StringComparison.Ordinal));

    /// <summary>True if it is such an address.</summary>
    public static bool Has(IPAddress address) => Array.Exists(_networks, network => network.Contains(Plain(address)));

    // Addresses of IPv6 that stand for one of IPv4: mapped, translated (64:ff9b::/96) and 6to4 (2002::/16).
    private static IPAddress Plain(IPAddress address)
    {
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
            return address;

        if (address.IsIPv4MappedToIPv6)
            return address.MapToIPv4();

        var bytes = address.GetAddressBytes();
        return bytes.AsSpan(0, 12).SequenceEqual((ReadOnlySpan<byte>)[0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0]) ? new IPAddress(bytes.AsSpan(12))
            : bytes is [0x20, 0x02, ..] ? new IPAddress(bytes.AsSpan(2, 4))
            : address;
    }
}
