namespace OpenCode.Actors.Server.Sse;

/// <summary>Marks an endpoint as an event stream.</summary>
internal sealed class StreamRoute
{
    public static StreamRoute Mark { get; } = new();

    public static bool Is(HttpContext context) => context.GetEndpoint()?.Metadata.GetMetadata<StreamRoute>() is not null;
}
