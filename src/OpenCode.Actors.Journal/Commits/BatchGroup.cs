using OpenCode.Actors.Journal.Bodies;
using OpenCode.Actors.Journal.Stores;

namespace OpenCode.Actors.Journal.Commits;

/// <summary>Batches that are sent as one. It is encoded when it is sent, since those with a stale fence may have to leave it.</summary>
internal sealed class BatchGroup
{
    // A reader holds a row whole; and a statement that is too long makes all other nodes wait for the head.
    private const long FullBytes = 1024 * 1024;

    private readonly List<(JournalBatch Batch, long MostBytes, AppendWaiter Waiter)> _members = [];
    private readonly BodyWriter _body = new();
    private readonly ChangeMerge _changes = new();
    private long _mostBytes;

    /// <summary>Gets a value indicating whether it takes no further batch: the next one begins a new group.</summary>
    public bool IsFull => _mostBytes >= FullBytes;

    public int Count => _members.Count;

    public bool IsEmpty => _members.Count == 0;

    /// <summary>Takes a batch.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="mostBytes">How long it may be when encoded.</param>
    /// <param name="waiter">The wait for its commit.</param>
    public void Add(JournalBatch batch, long mostBytes, AppendWaiter waiter)
    {
        _members.Add((batch, mostBytes, waiter));
        _mostBytes += mostBytes;
    }

    /// <summary>Encodes what is (still) in the group.</summary>
    public StoreBatch Encode(long number, long generation)
    {
        _body.Clear(keepBytes: (int)FullBytes * 2);
        var entryCount = 0;
        foreach (var (batch, _, waiter) in _members)
        {
            waiter.Begin(entryCount, batch.Entries.Count > 0);
            _body.Reserve(BodyWriter.MostBytes(batch));
            for (var i = 0; i < batch.Entries.Count; i++)
                _body.Write(batch.Entries[i]);

            entryCount += batch.Entries.Count;
            for (var i = 0; i < batch.Changes.Count; i++)
                _changes.Add(batch.Changes[i], entryCount);
        }

        return new(number, generation, Fences(), entryCount, _body.Body, _changes.Take())
        {
            IsDurable = _members.Exists(static member => member.Batch.Durable),
            UsedBodies = UsedBodies(),
        };
    }

    /// <summary>Returns what was appended, in order.</summary>
    public EntryDraft[] ToEntries() => [.. _members.SelectMany(static member => member.Batch.Entries)];

    /// <summary>Tells the commands that are traced of their commit.</summary>
    public void Trace(JournalTraces? traces, long first, TimeSpan took)
    {
        if (traces is null)
            return;

        foreach (var (batch, _, _) in _members)
        {
            if (batch.Trace is not null)
                traces.Committed(batch, first, took);
            first += batch.Entries.Count;
        }
    }

    public void Committed(long first)
    {
        foreach (var (_, _, waiter) in _members)
            waiter.Committed(first);
    }

    public void Failed(Exception cause)
    {
        foreach (var (_, _, waiter) in _members)
            waiter.Failed(cause);
    }

    /// <summary>Refuses all: there is no room. Each learns what it needs itself.</summary>
    public void RefuseFull(long? freeBytes)
    {
        foreach (var (_, mostBytes, waiter) in _members)
            waiter.Failed(new JournalFullException(freeBytes, mostBytes));
    }

    /// <summary>Refuses those batches that have one of these fences; the others stay.</summary>
    public void Refuse(IReadOnlyList<Fence> stale)
    {
        var refused = new List<(AppendWaiter Waiter, Fence Fence)>();
        _members.RemoveAll(member =>
        {
            foreach (var fence in member.Batch.Fences)
            {
                if (!stale.Contains(fence))
                    continue;

                refused.Add((member.Waiter, fence));
                return true;
            }

            return false;
        });
        foreach (var (waiter, fence) in refused)
            waiter.Failed(new JournalFencedException(fence));
    }

    /// <summary>Makes it empty, to be used again.</summary>
    public void Clear()
    {
        _members.Clear();
        _mostBytes = 0;
        _body.Clear(keepBytes: (int)FullBytes * 2);
    }

    private List<string> UsedBodies()
    {
        var keys = new List<string>();
        foreach (var (batch, _, _) in _members)
            keys.AddRange(batch.UsedBodies);

        return keys;
    }

    private List<Fence> Fences()
    {
        var fences = new List<Fence>();
        var last = default(Fence);
        foreach (var (batch, _, _) in _members)
        {
            for (var i = 0; i < batch.Fences.Count; i++)
            {
                // Most batches have the fence of the one before.
                if (batch.Fences[i] == last)
                    continue;

                last = batch.Fences[i];
                if (!fences.Contains(last))
                    fences.Add(last);
            }
        }

        return fences;
    }
}
