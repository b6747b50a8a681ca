using System.Runtime.InteropServices;
using OpenCode.Actors.Journal.Commits;
using OpenCode.Actors.Journal.Bodies;
using OpenCode.Actors.Journal.State;

namespace OpenCode.Actors.Journal.Files;

/// <summary>Batches that are committed together, as one frame, already encoded by their callers.</summary>
internal sealed class CommitGroup : ICommitGroup
{
    /// <summary>A frame takes no further batch from this size on: a reader checks and holds a frame whole.</summary>
    public const int FullBytes = 1024 * 1024;

    /// <summary>An empty batch: its wait ends when all before it is synced.</summary>
    public static readonly JournalBatch Barrier = new([], []);

    private readonly List<EntryDraft> _entries = [];
    private readonly List<PendingChange> _changes = [];
    private readonly List<AppendWaiter> _waiters = [];

    public BodyWriter Body { get; } = new();

    public int EntryCount => _entries.Count;

    public ReadOnlySpan<PendingChange> Changes => CollectionsMarshal.AsSpan(_changes);

    public ReadOnlySpan<AppendWaiter> Waiters => CollectionsMarshal.AsSpan(_waiters);

    /// <summary>Gets a value indicating whether the frame is synced before its batches are answered.</summary>
    public bool Durable { get; private set; }

    public bool IsEmpty => EntryCount == 0 && _changes.Count == 0;

    public bool IsFull => Body.Length >= FullBytes;

    public void Add(JournalBatch batch, long mostBytes, AppendWaiter waiter)
    {
        waiter.Begin(EntryCount, batch.Entries.Count > 0);
        Durable |= ReferenceEquals(batch, Barrier);
        Body.Reserve(mostBytes);
        for (var i = 0; i < batch.Entries.Count; i++)
        {
            var entry = batch.Entries[i];
            Body.Write(entry);
            _entries.Add(entry);
            Durable |= entry.Durable;
        }

        for (var i = 0; i < batch.Changes.Count; i++)
        {
            var change = batch.Changes[i];
            var (position, size) = Body.Write(change);
            _changes.Add(new(change.Kind, change.Owner, change.Key, EntryCount, position, size));
        }

        _waiters.Add(waiter);
    }

    /// <summary>Gives what was appended, in order.</summary>
    public EntryDraft[] ToEntries() => [.. _entries];

    public void Clear()
    {
        _entries.Clear();
        _changes.Clear();
        _waiters.Clear();
        Body.Clear(keepBytes: 2 * FullBytes);
        Durable = false;
    }
}
