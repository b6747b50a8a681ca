using Microsoft.Extensions.Logging;
using OpenCode.Actors.Journal.Commits;
using OpenCode.Actors.Journal.Stores;

namespace OpenCode.Actors.Journal.Batches;

/// <summary>Group commit: takes all that waits, sends it as one batch, has it decided, publishes it, repeats. One batch is under way at a time.</summary>
internal sealed partial class Committer(
    IBatchStore store, BatchLog log, GenerationFollower generations, TailFollower tail, LogTrimmer trimmer, JournalLifetime life, TimeProvider time, JournalMetrics? metrics, ILogger logger)
{
    // With a full store, how long to answer at once before the next try.
    private static readonly TimeSpan FullFor = TimeSpan.FromSeconds(1);

    private static readonly StoreAppended Nothing = new(default, []);

    private readonly CommitQueue _queue = new(store.IsSingleThreaded);
    private long _number;
    private (long Since, long? FreeBytes)? _full;

    /// <summary>The outcome of a batch.</summary>
    private enum Fate
    {
        Written,
        Fenced,
        Full,

        /// <summary>Not written, and to be sent again: the store is in another generation, in which this process goes on.</summary>
        Outdated,
    }

    /// <summary>Gets since when a batch waits for the store.</summary>
    public PendingAnswer Pending { get; } = new(time);

    /// <summary>Gets the number of the last batch that was written.</summary>
    public long Number => Volatile.Read(ref _number);

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

    /// <summary>Refuses all that comes from now on.</summary>
    public void Refuse(Exception why) => _queue.Refuse(why);

    /// <summary>Waits until no batch is under way. Nothing is taken any more by then.</summary>
    public Task WhenIdleAsync() => _queue.WhenIdleAsync();

    private async Task CommitAllAsync()
    {
        while (_queue.Take() is { } group)
        {
            var isShared = group.Count > 1;
            try
            {
                await CommitAsync(group).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (life.Stopping.IsCancellationRequested)
            {
                group.Failed(JournalLifetime.ClosedUndecided());
                _queue.Return(group);
            }
#pragma warning disable CA1031 // After any failure here it is unknown what is committed: the journal is dead.
            catch (Exception e)
#pragma warning restore CA1031
            {
                group.Failed(life.Failure ?? life.Fail("appending to the log", e));
                _queue.Return(group);
            }

            // Yields after a commit, so that answered producers join the next batch; else the first of them would get a batch of its own.
            if (isShared && !store.IsSingleThreaded)
                await Task.Yield();
        }
    }

    private async ValueTask CommitAsync(BatchGroup group)
    {
        if (life.Failure is { } failure)
            throw failure;

        await log.WaitForOwnAsync(life.Stopping).ConfigureAwait(false);
        while (!group.IsEmpty && !IsFull())
        {
            var batch = group.Encode(_number + 1, generations.Timeline.Current);
            var started = time.GetTimestamp();
            var (fate, appended, stale) = await DecideAsync(batch, started).ConfigureAwait(false);
            switch (fate)
            {
                case Fate.Written:
                    Volatile.Write(ref _number, batch.Number);
                    var took = time.GetElapsedTime(started);
                    metrics?.Committed(batch.EntryCount, batch.Body.Length, took);
                    group.Trace(metrics?.Traces, appended.Commit.First, took);
                    Publish(new(appended.Commit.First, batch.EntryCount, batch.Generation, appended.Commit.At, Body: default), batch.Body.Length, group, appended.Below);
                    return;
                case Fate.Fenced:
                    group.Refuse(stale);
                    break;
                case Fate.Full:
                    trimmer.Run();
                    break;
            }
        }

        // Nothing is left of it: all were refused, or there is no room.
        if (!group.IsEmpty && _full is { } full)
            group.RefuseFull(full.FreeBytes);
        _queue.Return(group);
    }

    /// <summary>Sends a batch until its outcome is known (rule "Numbered batches").</summary>
    private async ValueTask<(Fate Fate, StoreAppended Appended, IReadOnlyList<Fence> Stale)> DecideAsync(StoreBatch batch, long started)
    {
        var headBefore = log.Head;
        var mayBeWritten = false;
        var backoff = default(Backoff);
        Pending.Begin(started);
        try
        {
            while (true)
            {
                try
                {
                    var last = log.Last;
                    if (await store.AppendAsync(batch, last, life.Stopping).ConfigureAwait(false) is { } appended)
                        return (Fate.Written, new(Checked(appended.Commit, headBefore), last?.IsStartOf(appended.Below) == false ? [] : appended.Below), []);

                    // Nothing was written by this sending. An earlier one, of which no answer came, may have been it.
                    var look = await store.LookAsync(batch.Fences, life.Stopping).ConfigureAwait(false);
                    if (look.Number == batch.Number && mayBeWritten)
                        return (Fate.Written, new(Checked(look.Last, headBefore), []), []);
                    if (look.Number != batch.Number - 1)
                        throw new StoreLifeException($"the last batch that it knows of this process has number {look.Number}, but {batch.Number - 1} was answered");
                    if (look.Generation != batch.Generation)
                    {
                        // Whatever is still on its way under the old generation is refused when it arrives.
                        await generations.FollowAsync(look.Generation).ConfigureAwait(false);
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
                    LogUndecided(logger, backoff.Level, batch.Number, e.Message);
                }
                catch (StoreBusyException e)
                {
                    LogBusy(logger, backoff.Level, batch.Number, e.Message);
                }
                catch (StoreFullException e) when (!mayBeWritten)
                {
                    _full = (time.GetTimestamp(), e.FreeBytes);
                    LogFull(logger, e);
                    return (Fate.Full, Nothing, []);
                }
                catch (StoreFullException)
                {
                    // An earlier sending may still be written: "full" would be false then.
                }

                await life.DelayAsync(backoff.Next()).ConfigureAwait(false);
            }
        }
        finally
        {
            Pending.End();
        }
    }

    /// <summary>All that was published before the batch was sent was committed before it: otherwise the store was taken back to an older state (rule "Good cursor").</summary>
    private static StoreCommit Checked(StoreCommit commit, long headBefore) => commit.First > headBefore
        ? commit
        : throw new StoreLifeException($"a batch was given the offset {commit.First}, but this process has read up to {headBefore}");

    private void Publish(StoredBatch own, int bytes, BatchGroup group, IReadOnlyList<StoredBatch> below)
    {
        if (!log.Add(new OwnBatch(own, bytes, group, _queue.Return)))
        {
            if (below is [.., { Body.IsEmpty: false } newest])
                metrics?.Followed(own.At - newest.At);
            log.Add(below);
        }

        // What is missing still is more than an append brings with it: the reader goes on from here.
        if (log.Head < own.Last)
            tail.Wake();
        tail.ReadHinted();
    }

    private bool IsFull() => _full is { } full && time.GetElapsedTime(full.Since) < FullFor;

    [LoggerMessage(EventId = 3021, Message = "No answer to batch {Number}, which may be committed; it is sent again under the same number. {Reason}")]
    private static partial void LogUndecided(ILogger logger, LogLevel level, long number, string reason);

    [LoggerMessage(EventId = 3022, Message = "Batch {Number} was not written, and is sent again. {Reason}")]
    private static partial void LogBusy(ILogger logger, LogLevel level, long number, string reason);

    [LoggerMessage(EventId = 3023, Level = LogLevel.Error, Message = "The store has no room: appends are refused, with a new try once a second.")]
    private static partial void LogFull(ILogger logger, Exception cause);
}
