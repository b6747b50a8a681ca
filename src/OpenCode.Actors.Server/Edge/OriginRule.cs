namespace OpenCode.Actors.Server.Edge;

/// <summary>The pages that may use this server (rule "Allowed origins").</summary>
internal sealed class OriginRule(IEnumerable<string> cors)
{
    private readonly HashSet<string> _exact = new(cors.Select(c => c.TrimEnd('/')), StringComparer.OrdinalIgnoreCase)
    {
        "https://opencode.ai", "tauri://localhost", "http://tauri.localhost", "https://tauri.localhost", "oc://renderer",
    };

    /// <summary>True if a page of this origin may use the server.</summary>
    /// <param name="origin">The header <c>Origin</c>.</param>
    /// <param name="ownHost">The header <c>Host</c> of the same request, its port included.</param>
    public bool Allows(string origin, string ownHost)
    {
        if (_exact.Contains(origin))
            return true;

        if (!Uri.TryCreate(origin, UriKind.Absolute, out var page) || page.UserInfo.Length > 0)
            return false; // "null" among them

        return page.Scheme switch
        {
            "http" when page.Host is "localhost" or "127.0.0.1" => true,
            "https" when page.IsDefaultPort && page.Host.EndsWith(".opencode.ai", StringComparison.Ordinal) => true,
            "http" or "https" => ownHost.Length > 0 && page.Authority.Equals(WithoutDefaultPort(ownHost, page), StringComparison.OrdinalIgnoreCase),
            _ => false,
        };
    }

    // A proxy in front may use another scheme than this server, so the scheme is not compared; its default port is not spelled out in an origin.
    private static string WithoutDefaultPort(string host, Uri page) =>
        page.IsDefaultPort && host.EndsWith(page.Scheme == "https" ? ":443" : ":80", StringComparison.Ordinal) ? host[..host.LastIndexOf(':')] : host;
}
