using System.Globalization;
using System.Net;

namespace OpenCode.Actors.Clustering.Settings;

/// <summary>Reads the value of <c>--advertise</c>: under which host and port the other nodes reach this one.</summary>
/// <param name="Host">A name or an IP address, without brackets.</param>
/// <param name="Port">The port; 0 when none was given.</param>
public sealed record AdvertisedAddress(string Host, int Port)
{
    /// <summary>Reads <c>HOST</c>, <c>HOST:PORT</c> or <c>[IPv6]:PORT</c>.</summary>
    /// <param name="text">What was given.</param>
    /// <param name="mistake">What is wrong with it, and what to give instead; null when it could be read.</param>
    /// <returns>The address; null when it could not be read.</returns>
    public static AdvertisedAddress? Parse(string text, out string? mistake)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Contains("://", StringComparison.Ordinal))
        {
            mistake = Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Host.Length > 0
                ? $"--advertise: '{text}' is a URL, the form of earlier versions. Nodes speak to each other on the cluster port now: give --advertise {url.Host}, or {url.Host}:PORT."
                : $"--advertise: '{text}' is a URL; give HOST or HOST:PORT.";
            return null;
        }

        var (host, port) = Split(text);
        var number = 0;
        if (port is not null && (!int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out number) || number is < 1 or > 65_535))
        {
            mistake = $"--advertise: '{port}' is no port; give HOST or HOST:PORT with a port from 1 to 65535.";
            return null;
        }

        mistake = MistakeIn(host);
        return mistake is null ? new AdvertisedAddress(host, number) : null;
    }

    /// <summary>Returns what is wrong with a host; null when nothing is.</summary>
    internal static string? MistakeIn(string host)
    {
        if (host.Length == 0)
            return "--advertise is missing: give HOST[:PORT], the name or IP address of this machine under which the other nodes reach it.";
        if (Uri.CheckHostName(host) == UriHostNameType.Unknown)
            return $"--advertise: '{host}' is no host name and no IP address; give HOST or HOST:PORT.";
        return IPAddress.TryParse(host, out var address) && (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any))
            ? $"--advertise: {host} stands for all addresses of this machine; give the one under which the other nodes reach it, and --cluster-bind {host} to listen on all."
            : null;
    }

    private static (string Host, string? Port) Split(string text)
    {
        if (text.StartsWith('[') && text.IndexOf(']', StringComparison.Ordinal) is > 0 and var end)
            return (text[1..end], end + 1 < text.Length && text[end + 1] == ':' ? text[(end + 2)..] : null);
        if (IPAddress.TryParse(text, out _))
            return (text, null);

        var colon = text.LastIndexOf(':');
        return colon < 0 ? (text, null) : (text[..colon], text[(colon + 1)..]);
    }
}
