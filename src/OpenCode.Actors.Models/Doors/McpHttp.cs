namespace OpenCode.Actors.Models.Doors;

/// <summary>The door to MCP servers over HTTP.</summary>
internal static class McpHttp
{
    /// <summary>Makes the client of all servers. It follows no redirect: the headers that a configuration gives are secrets, for the server that it names.</summary>
    public static HttpClient Create() => new(new SocketsHttpHandler
    {
        ConnectTimeout = TimeSpan.FromSeconds(15),
        PooledConnectionLifetime = TimeSpan.FromMinutes(5), // So that a changed DNS entry is seen.
        AllowAutoRedirect = false,
        UseCookies = false,
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };
}
