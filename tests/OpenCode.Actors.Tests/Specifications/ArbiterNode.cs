using OpenCode.Actors.Journal;
using OpenCode.Actors.Journal.Nodes;

namespace OpenCode.Actors.Tests.Specifications;

/// <summary>One node of an arbiter's test, with what a test does to its way to the store.</summary>
public abstract class ArbiterNode : IAsyncDisposable
{
    protected ArbiterNode(NodeDescription description, IArbiter arbiter) => (Description, Arbiter) = (description, arbiter);

    public NodeDescription Description { get; }

    public IArbiter Arbiter { get; }

    public NodeIdentity Identity => Description.Identity;

    /// <summary>Whether an address is gone, as a test has it: by default none is.</summary>
    public Func<NodeRow, bool> IsGone { get; set; } = static _ => false;

    public Task<IReadOnlyList<NodeRow>> AdmitAsync(CancellationToken cancellationToken = default) =>
        Arbiter.AdmitAsync(Description, (row, _) => new(IsGone(row)), cancellationToken).AsTask();

    /// <summary>Opens a journal over the same store.</summary>
    public abstract Task<IJournal> OpenJournalAsync();

    /// <summary>Cuts the way to the store, or opens it again.</summary>
    public abstract void SetAway(bool isAway);

    /// <summary>Has the process stand still: its connections stay, nothing is said on them.</summary>
    public abstract void Freeze();

    public abstract void Thaw();

    /// <summary>Ends the process without a word.</summary>
    public abstract ValueTask KillAsync();

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        GC.SuppressFinalize(this);
    }
}
