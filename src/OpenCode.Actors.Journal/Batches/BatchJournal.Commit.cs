using OpenCode.Actors.Journal.Commits;

namespace OpenCode.Actors.Journal.Batches;

/// <content>Group commit: take all that waits, send it as one batch, have it decided, publish it, repeat. One batch is under way at a time.</content>
public sealed partial class BatchJournal
{
    // No answer is awaited.
    private const long Answered = long.MaxValue;

    // Committed batches that wait for what is missing below them: from here on the next one is not sent.
    private const int MaxUnpublished = 8;

    private static readonly StoreAppended Nothing = new(default, []);

    // With a full store, how long to answer at once before the next try.
    private static readonly TimeSpan FullFor = TimeSpan.FromSeconds(1);

    private readonly Queue<long> _unpublished = new();
    private long _appendSince = Answered;
    private long _number;
    private long _ownLast;
    private long _fullSince = Answered;
    private long _fullBytes;
    private long? _freeBytes;

    /// <summary>What became of a batch.</summary>
    private enum Fate
    {
        Written,
        Fenced,
        Full,

        /// <summary>Not written, and to be sent again: the store is in another generation, in which this process goes on.</summary>
        Outdated,
    }

    /// <inheritdoc/>
    public ValueTask<long> AppendAsync(JournalBatch batch, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(batch);
        if (cancellationToken.IsCancellationRequested)
            return ValueTask.FromCanceled<long>(cancellationToken);

        var mostBytes = BatchSize.Check(batch);
        AppendWaiter waiter;
        bool wakes;
        try
        {
            waiter = _queue.Add(batch, mostBytes, out wakes);
        }
        catch (Exception e) when (e is JournalException or ObjectDisposedException)
        {
            return ValueTask.FromException<long>(e);
        }

        var answer = waiter.Task;
        if (wakes)
            _ = CommitAllAsync();

        return cancellationToken.CanBeCanceled ? new(answer.AsTask().WaitAsync(cancellationToken)) : answer;
    }

    private async Task CommitAllAsync()
    {
        while (_queue.Take() is { } group)
        {
            var isShared = group.Count > 1;
            try
            {
                await CommitAsync(group).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                group.Failed(new JournalFailedException("it was closed before the store had answered", Remedy, null));
                _queue.Return(group);
            }
#pragma warning disable CA1031 // After any failure here it is unknown what is committed: the journal is dead.
            catch (Exception e)
#pragma warning restore CA1031
            {
                group.Failed(_failure ?? Fail("appending to the log", Cause(e)));
                _queue.Return(group);
            }

            // Yields after a commit, so that answered producers join the next batch; else the first of them would get a batch of its own.
            if (isShared && !_store.AnswersInline)
                await Task.Yield();
        }
    }

    private async ValueTask CommitAsync(BatchGroup group)
    {
        if (_failure is not null)
            throw _failure;

        while (_unpublished.Count > 0 && _unpublished.Peek() <= Head)
            _unpublished.Dequeue();
        if (_unpublished.Count >= MaxUnpublished)
            await _log.Waiters.WaitBeyondAsync(_unpublished.Peek() - 1, _stop.Token).ConfigureAwait(false);

        while (!group.IsEmpty)
        {
            if (IsFull())
                break;

            var batch = group.Encode(_number + 1, Timeline.Current);
            var started = _time.GetTimestamp();
            var (fate, appended, stale) = await DecideAsync(batch, started).ConfigureAwait(false);
            switch (fate)
            {
                case Fate.Written:
                    _number = batch.Number;
                    var took = _time.GetElapsedTime(started);
                    _metrics?.Committed(batch.EntryCount, batch.Body.Length, took);
                    group.Trace(_metrics?.Traces, appended.Commit.First, took);
                    Publish(new(appended.Commit.First, batch.EntryCount, batch.Generation, appended.Commit.At, Body: default), batch.Body.Length, group, appended.Below);
                    return;
                case Fate.Fenced:
                    group.Refuse(stale);
                    break;
                case Fate.Outdated:
                    break;
                default:
                    (_fullSince, _fullBytes) = (_time.GetTimestamp(), batch.Body.Length);
                    break;
            }
        }

        // Nothing is left of it: all were refused, or there is no room.
        if (!group.IsEmpty)
            group.Failed(new JournalFullException(_freeBytes, _fullBytes));
        _queue.Return(group);
    }

    /// <summary>Sends a batch until it is known what became of it (RULES E1).</summary>
    private async ValueTask<(Fate Fate, StoreAppended Appended, IReadOnlyList<Fence> Stale)> DecideAsync(StoreBatch batch, long started)
    {
        var headBefore = Head;
        var mayBeWritten = false;
        var patience = default(Patience);
        Volatile.Write(ref _appendSince, started);
        try
        {
            while (true)
            {
                try
                {
                    var last = _log.Last;
                    if (await _store.AppendAsync(batch, last, _stop.Token).ConfigureAwait(false) is { } appended)
                        return (Fate.Written, new(Checked(appended.Commit, headBefore), last is null || IsSameLog(last, appended.Below) ? appended.Below : []), []);

                    // Nothing was written by this sending. An earlier one, of which no answer came, may have been it.
                    var look = await _store.LookAsync(batch.Fences, _stop.Token).ConfigureAwait(false);
                    if (look.Number == batch.Number && mayBeWritten)
                        return (Fate.Written, new(Checked(look.Last, headBefore), []), []);
                    if (look.Number != batch.Number - 1)
                        throw new StoreLifeException($"the last batch that it knows of this process has number {look.Number}, but {batch.Number - 1} was answered");
                    if (look.Generation != batch.Generation)
                    {
                        // Whatever is still on its way under the old generation is refused when it arrives.
                        await FollowGenerationAsync(look.Generation).ConfigureAwait(false);
                        return (Fate.Outdated, Nothing, []);
                    }

                    if (look.Stale.Count > 0)
                        return (Fate.Fenced, Nothing, look.Stale);

                    // What stood in the way is gone: the batch of an earlier sending was rolled back meanwhile.
                }
                catch (StoreAwayException e)
                {
                    // The same batch is sent again: its number is taken once only, however many of these sendings arrive, and in whatever order.
                    mayBeWritten = true;
                    LogAppendUndecided(_logger, patience.Level, batch.Number, e.Message);
                }
                catch (StoreBusyException e)
                {
                    LogAppendBusy(_logger, patience.Level, batch.Number, e.Message);
                }
                catch (StoreFullException e)
                {
                    if (!mayBeWritten)
                    {
                        _freeBytes = e.FreeBytes;
                        LogFull(_logger, e);
                        return (Fate.Full, Nothing, []);
                    }

                    // An earlier sending may still be written: "full" would be false then.
                }

                await DelayAsync(patience.Next()).ConfigureAwait(false);
            }
        }
        finally
        {
            Volatile.Write(ref _appendSince, Answered);
        }
    }

    /// <summary>All that was published before the batch was sent was committed before it: otherwise the store was taken back to an older state (RULES A3).</summary>
    private static StoreCommit Checked(StoreCommit commit, long headBefore) => commit.First > headBefore
        ? commit
        : throw new StoreLifeException($"a batch was given the offset {commit.First}, but this process has read up to {headBefore}");

    private void Publish(StoredBatch own, int bytes, BatchGroup group, IReadOnlyList<StoredBatch> below)
    {
        _unpublished.Enqueue(own.First - 1);
        Volatile.Write(ref _ownLast, own.Last);
        if (!_log.Add(new OwnBatch(own, bytes, group, _queue.Return)))
        {
            if (below is [.., { Body.IsEmpty: false } newest])
                _metrics?.Followed(own.At - newest.At);
            _log.Add(below);
        }

        // What is missing still is more than an append brings with it: the reader goes on from here.
        if (Head < own.Last)
            _tailWakeup.Set();
        ReadHinted();
    }

    private bool IsFull() => _fullSince != Answered && _time.GetElapsedTime(_fullSince) < FullFor;
}
