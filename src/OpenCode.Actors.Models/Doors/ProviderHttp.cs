namespace OpenCode.Actors.Models.Doors;

/// <summary>The door to providers.</summary>
internal static class ProviderHttp
{
    /// <summary>Makes the client of all providers. It has no timeout of its own: that would count the whole stream. The pipeline above it has one for each wait.</summary>
    public static HttpClient Create() => new(
        new SocketsHttpHandler
        {
            ConnectTimeout = TimeSpan.FromSeconds(15),
            PooledConnectionLifetime = TimeSpan.FromMinutes(5), // So that a changed DNS entry is seen.
        })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };
}
