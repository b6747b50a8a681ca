using OpenCode.Actors.Models.Providers;

namespace OpenCode.Actors.Models.Doors;

/// <summary>The door to providers.</summary>
internal static class ProviderHttp
{
    /// <summary>Makes the client of all providers. It has no timeout of its own: that would count the whole stream. Each wait has one above it (<see cref="SilenceTimeout"/>).</summary>
    public static HttpClient Create(TimeProvider time) => new(new RefusalHandler(
        new SocketsHttpHandler
        {
            AllowAutoRedirect = false, // A key in a header of its own would go along, and the conversation.
            ConnectTimeout = TimeSpan.FromSeconds(15),
            PooledConnectionLifetime = TimeSpan.FromMinutes(5), // So that a changed DNS entry is seen.
        },
        time))
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };
}
