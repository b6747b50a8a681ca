using OpenCode.Actors.Server.Locations;

namespace OpenCode.Actors.Server.Front;

/// <summary>Makes the target of a forwarded request: in the client's own spelling, without the front's credentials, and with a location that means the same for the holder.</summary>
/// <param name="PathAndQuery">The target of the request.</param>
/// <param name="Directory">The header <see cref="DirectoryHeader"/>; null when the query names the location.</param>
internal sealed record ForwardedTarget(string PathAndQuery, string? Directory)
{
    public const string DirectoryHeader = "x-opencode-directory";

    /// <summary>Makes it.</summary>
    /// <param name="target">Path and query as they stood in the request.</param>
    /// <param name="header">The client's header; empty without.</param>
    /// <param name="locations">Relative locations, and the one of requests that name none, are the front's.</param>
    /// <exception cref="LocationException">The location cannot be one.</exception>
    /// <exception cref="BadHttpRequestException">The target has no path.</exception>
    public static ForwardedTarget Of(string target, string header, LocationResolver locations)
    {
        target = WithoutOrigin(target);
        var (path, query) = target.IndexOf('?', StringComparison.Ordinal) is >= 0 and var at ? (target[..at], target[(at + 1)..]) : (target, "");
        var hasDirectory = false;
        var kept = new List<string>();
        foreach (var part in query.Split('&'))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            var (name, value) = equals < 0 ? (part, "") : (part[..equals], part[(equals + 1)..]);
            if (Is(name, "auth_token"))
                continue;

            if (!Is(name, "directory") || value.Length == 0)
            {
                kept.Add(part);
                continue;
            }

            hasDirectory = true;
            var directory = Decoded(value);
            kept.Add(directory.StartsWith('/') ? part : $"{name}={Uri.EscapeDataString(locations.Resolve(directory).Path)}");
        }

        var rest = string.Join('&', kept);
        return new ForwardedTarget(rest.Length == 0 ? path : $"{path}?{rest}", hasDirectory ? null : Header(header, locations));
    }

    // RFC 9112, 3.2: clients may send the absolute form; the authority and asterisk forms name nothing here.
    private static string WithoutOrigin(string target)
    {
        if (target.StartsWith('/'))
            return target;

        var authority = target.IndexOf("://", StringComparison.Ordinal) is > 0 and var scheme ? scheme + "://".Length : throw new BadHttpRequestException($"'{target}' is no path of this server: begin it with a slash.");
        var rest = target.AsSpan(authority).IndexOfAny('/', '?') is >= 0 and var end ? target[(authority + end)..] : "";
        return rest.StartsWith('/') ? rest : "/" + rest;
    }

    private static string Header(string given, LocationResolver locations)
    {
        var directory = Uri.UnescapeDataString(given);
        return directory.StartsWith('/') ? given : Uri.EscapeDataString(locations.Resolve(directory).Path);
    }

    private static bool Is(string name, string wanted) => Decoded(name).Equals(wanted, StringComparison.OrdinalIgnoreCase);

    private static string Decoded(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));
}
