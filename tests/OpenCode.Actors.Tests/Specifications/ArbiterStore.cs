using OpenCode.Actors.Journal.Nodes;

namespace OpenCode.Actors.Tests.Specifications;

/// <summary>The store of an arbiter's test, and its clock.</summary>
public abstract class ArbiterStore
{
    /// <summary>Gets the clock of the store and of the nodes.</summary>
    public abstract TimeProvider Time { get; }

    /// <summary>Gets a value indicating whether that clock is the machine's, which other work may slow down.</summary>
    public virtual bool IsRealTime => true;

    public virtual Task InitializeAsync() => Task.CompletedTask;

    /// <summary>Makes a node over the store.</summary>
    public abstract Task<ArbiterNode> OpenAsync(NodeDescription description);

    /// <summary>Awaits a task that must end, while the clock moves.</summary>
    public abstract Task EndsAsync(Task task, string what);

    /// <summary>Lets time go by, after which whatever can happen has begun.</summary>
    public abstract Task PassAsync(TimeSpan time);
}
