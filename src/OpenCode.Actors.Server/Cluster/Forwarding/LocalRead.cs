namespace OpenCode.Actors.Server.Cluster.Forwarding;

/// <summary>Marks an endpoint that any node answers from its own index, though it names a session.</summary>
internal sealed class LocalRead
{
    public static LocalRead Mark { get; } = new();
}
