using OpenCode.Actors.Journal.Bodies;
using OpenCode.Actors.Journal.Commits;
using OpenCode.Actors.Journal.Stores;
using OpenCode.Actors.Journal.Tail;

namespace OpenCode.Actors.Journal.Batches;

/// <summary>
/// The log as this process has it: what it committed itself and what it read of others, brought into the one order (rule "Publish in order"). Own batches are published when all before
/// them is here; they are never read back. Thread-safe.
/// </summary>
internal sealed class BatchLog
{
    // Own batches that wait for what is missing below them: from here on the next one is not sent.
    private const int MaxOwn = 8;

    private readonly Lock _gate = new();
    private readonly Queue<OwnBatch> _own = new();
    private readonly BodySlab _bodies = new();
    private long _head;
    private long _floor;
    private long _ownLast;
    private StoredBatch? _last;
    private Exception? _failure;

    public BatchLog(StoreEnds ends, StoredBatch? last, long recentBytes, bool isSingleThreaded)
    {
        (_head, _floor, _last) = (ends.Head, ends.Floor, last is null ? null : last with { Body = default });
        Recent = new(recentBytes);
        Waiters = new(() => Head, isSingleThreaded);
    }

    public long Head => Volatile.Read(ref _head);

    public long Floor => Volatile.Read(ref _floor);

    /// <summary>Gets the last offset that this process has committed; it may wait to be published.</summary>
    public long OwnLast => Volatile.Read(ref _ownLast);

    /// <summary>Gets the last batch that was published, without its body; null before the first.</summary>
    public StoredBatch? Last
    {
        get
        {
            lock (_gate)
                return _last;
        }
    }

    public RecentBatches Recent { get; }

    public HeadWaiters Waiters { get; }

    /// <summary>Takes a batch that this process has committed.</summary>
    /// <returns>False if batches below it are missing: read them now.</returns>
    public bool Add(OwnBatch own)
    {
        bool isPublished;
        Exception? failure;
        var done = new List<OwnBatch>(1);
        Volatile.Write(ref _ownLast, own.Batch.Last);
        lock (_gate)
        {
            failure = _failure;
            if (failure is null)
                _own.Enqueue(own);
            PublishOwnNeedsLock(done);
            isPublished = _own.Count == 0;
        }

        if (failure is not null)
            own.Group.Failed(failure);
        Complete(done);
        return isPublished;
    }

    /// <summary>Takes batches that were read; those that are here already are left out.</summary>
    /// <param name="batches">The batches, in order. Their bodies are kept.</param>
    /// <returns>The first offset that is missing below them; null if none is.</returns>
    public long? Add(IReadOnlyList<StoredBatch> batches)
    {
        var done = new List<OwnBatch>();
        long? missing = null;
        foreach (var batch in batches)
        {
            // One lock for each: an own batch that becomes the next one meanwhile is published by the first call to see it.
            lock (_gate)
            {
                if (batch.Last <= _head)
                    continue;

                if (batch.First != _head + 1)
                {
                    missing = _head + 1;
                    break;
                }

                PublishNeedsLock(batch with { Body = default }, batch.WithBody(_bodies.Keep(batch.Body)));
                PublishOwnNeedsLock(done);
            }
        }

        Complete(done);
        return missing;
    }

    /// <summary>Waits while so many own batches wait to be published that the next one must not be sent.</summary>
    public ValueTask WaitForOwnAsync(CancellationToken cancellationToken)
    {
        long below;
        lock (_gate)
        {
            if (_own.Count < MaxOwn)
                return default;

            below = _own.Peek().Batch.First - 1;
        }

        return Waiters.WaitBeyondAsync(below - 1, cancellationToken);
    }

    /// <summary>Notes how far retention has come.</summary>
    public void RaiseFloor(long floor) => Volatile.Write(ref _floor, Math.Max(Floor, floor));

    /// <summary>Ends all waiting, now and later; also for batches that are committed, but not in order yet.</summary>
    public void Fail(Exception failure)
    {
        OwnBatch[] left;
        lock (_gate)
        {
            _failure ??= failure;
            left = [.. _own];
            _own.Clear();
        }

        foreach (var own in left)
            own.Group.Failed(failure);
        Waiters.Fail(failure);
    }

    private void PublishOwnNeedsLock(List<OwnBatch> done)
    {
        while (_own.TryPeek(out var own) && own.Batch.First <= _head + 1)
        {
            _own.Dequeue();
            done.Add(own);

            // Unless it was read back already: its commit may be known to others before it is to us.
            if (own.Batch.Last > _head)
                PublishNeedsLock(own.Batch, RecentBatch.Of(own.Batch.First, own.Batch.At, own.Group.ToEntries(), own.Bytes));
        }
    }

    private void PublishNeedsLock(StoredBatch batch, RecentBatch recent)
    {
        Recent.Add(recent);
        _last = batch;
        Volatile.Write(ref _head, batch.Last);
    }

    private void Complete(List<OwnBatch> done)
    {
        Waiters.Moved();
        foreach (var own in done)
            own.Published();
    }
}

/// <summary>A batch that this process has committed, on its way to be published in order.</summary>
/// <param name="Batch">The batch, without its body. Without entries, its first offset is that of the next one.</param>
/// <param name="Bytes">How long its body is.</param>
/// <param name="Group">Its entries, and the waits for it.</param>
/// <param name="Returned">Takes the group back when they are answered.</param>
internal sealed record OwnBatch(StoredBatch Batch, int Bytes, BatchGroup Group, Action<BatchGroup> Returned)
{
    /// <summary>Answers the waiting appends: their entries are visible.</summary>
    public void Published()
    {
        Group.Committed(Batch.First);
        Returned(Group);
    }
}
