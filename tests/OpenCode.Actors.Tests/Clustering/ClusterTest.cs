namespace OpenCode.Actors.Tests.Clustering;

/// <summary>A cluster for a test. One owner for each shard is checked after every step of every test.</summary>
public abstract class ClusterTest : IDisposable
{
    internal ClusterKit Kit { get; } = new();

    public void Dispose()
    {
        Kit.Dispose();
        GC.SuppressFinalize(this);
    }
}
