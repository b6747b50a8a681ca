using OpenCode.Actors.Journal.Commits;
using OpenCode.Actors.Journal.Disks;
using OpenCode.Actors.Journal.Bodies;
using OpenCode.Actors.Journal.State;
using OpenCode.Actors.Journal.Tail;

namespace OpenCode.Actors.Journal.Files;

/// <content>Group commit: take all that waits, write one frame, sync once, answer, repeat.</content>
public sealed partial class FileJournal
{
    // With a full disk, how long to answer at once before the next try.
    private static readonly TimeSpan FullFor = TimeSpan.FromSeconds(1);

    // Of more, enough comes while the frame before is written: to wait for the rest is no gain.
    private const int Few = 64;

    private readonly Action _commitAll;

    // Touched by the running commit alone.
    private long _syncedPlace;
    private long _markedPlace;
    private long _nextOffset = 1;
    private FrameHeader _frame;

    private readonly TaskCompletionSource<JournalFailedException> _died = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile JournalFailedException? _failure;
    private volatile FullDisk? _full;

    /// <inheritdoc/>
    public ValueTask<long> AppendAsync(JournalBatch batch, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(batch);
        if (cancellationToken.IsCancellationRequested)
            return ValueTask.FromCanceled<long>(cancellationToken);

        var mostBytes = BatchSize.Check(batch);
        if (IsFull())
            return ValueTask.FromException<long>(new JournalFullException(_disk.FreeBytes(), mostBytes));

        return EnqueueAsync(batch, mostBytes, cancellationToken);
    }

    /// <summary>Waits until all that was taken before is synced.</summary>
    private async ValueTask SyncAsync() => await EnqueueAsync(CommitGroup.Barrier, 0, CancellationToken.None).ConfigureAwait(false);

    private ValueTask<long> EnqueueAsync(JournalBatch batch, long mostBytes, CancellationToken cancellationToken)
    {
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
            _disk.Run(_commitAll);

        return cancellationToken.CanBeCanceled ? new(answer.AsTask().WaitAsync(cancellationToken)) : answer;
    }

    private async Task CommitAllAsync()
    {
        while (_queue.Take() is { } group)
        {
            try
            {
                if (_failure is not null)
                    throw _failure;

                await CommitAsync(group).ConfigureAwait(false);
            }
#pragma warning disable CA1031 // After any failure here it is unknown what is on disk: the journal is dead.
            catch (Exception e)
#pragma warning restore CA1031
            {
                Fail($"committing to '{_files.Active.Header.Path}'", e);
                foreach (var waiter in group.Waiters)
                    waiter.Failed(_failure!);
            }

            var answered = group.Waiters.Length;
            _queue.Return(group);

            // Yields after a commit, so that the few producers it answered append into one next frame; else the first of them would get a frame of its own.
            if (answered is > 1 and <= Few && !_disk.RunsInline)
            {
                await Task.Yield();
                _disk.Run(_commitAll);
                return;
            }
        }

        StartTrim();
    }

    private async ValueTask CommitAsync(CommitGroup group)
    {
        var started = _time.GetTimestamp();
        if (!group.IsEmpty)
        {
            if (IsFull())
            {
                AnswerFull(group);
                return;
            }

            try
            {
                await WriteFrameAsync(group).ConfigureAwait(false);
            }
            catch (DiskFullException)
            {
                await TakeBackAsync().ConfigureAwait(false);
                AnswerFull(group);
                return;
            }
        }

        var active = _files.Active;
        if (group.Durable)
            await SyncLogAsync(active, group.IsEmpty ? active.EndPlace : _frame.EndPlace).ConfigureAwait(false);

        var firstOffset = _nextOffset;
        if (!group.IsEmpty)
        {
            Publish(group, active);
            _metrics?.Committed(group.EntryCount, group.Body.Length, _time.GetElapsedTime(started));
        }

        foreach (var waiter in group.Waiters)
            waiter.Committed(firstOffset);
    }

    private async ValueTask WriteFrameAsync(CommitGroup group)
    {
        var active = _files.Active;
        if (active.Length + group.Body.Length > _options.SegmentBytes && active.HasEntries)
            active = await RollAsync(active).ConfigureAwait(false);

        var frame = group.Body.Frame;
        var body = frame[FrameHeader.Bytes..];
        _frame = new(
            Crc32C.Of(body.Span, active.Header.Salt),
            body.Length,
            group.EntryCount,
            group.Changes.Length,
            Timeline.Current,
            active.EndPlace,
            _nextOffset,
            _syncedPlace,
            _time.GetUtcNow().UtcTicks);
        _frame.Write(frame.Span, active.Header.Salt);
        await active.File.WriteAsync(active.Length, frame).ConfigureAwait(false);
        _markedPlace = _syncedPlace;
        _full = null;
    }

    /// <summary>Begins the next segment. The old one is synced before anything is written to the new one (RULES B2).</summary>
    private async ValueTask<Segment> RollAsync(Segment active)
    {
        await SyncLogAsync(active, active.EndPlace).ConfigureAwait(false);
        var next = await CreateSegmentAsync(Timeline.Id, active.LastOffset + 1, active.EndPlace).ConfigureAwait(false);
        _files.Add(next);
        LogSegmentBegun(_logger, next.Header.Path);
        return next;
    }

    private async ValueTask<Segment> CreateSegmentAsync(string timelineId, long firstOffset, long place)
    {
        var header = new SegmentHeader(timelineId, firstOffset, place, (uint)_entropy());
        var file = _disk.Open(header.Path, DiskFileMode.Create);
        try
        {
            var bytes = new byte[SegmentHeader.Bytes];
            header.Write(bytes);
            await file.WriteAsync(0, bytes).ConfigureAwait(false);
            await file.SyncAsync().ConfigureAwait(false);
            await _disk.SyncFolderAsync(SegmentHeader.Folder).ConfigureAwait(false);
            return new(header, file);
        }
        catch
        {
            // A start takes a file that is only a part of a header for what it is, should the deletion be lost.
            file.Dispose();
            _disk.Delete(header.Path);
            throw;
        }
    }

    private async ValueTask SyncLogAsync(Segment active, long upTo)
    {
        if (_syncedPlace >= upTo)
            return;

        var started = _time.GetTimestamp();
        await active.File.SyncAsync().ConfigureAwait(false);
        _syncedPlace = upTo;
        _metrics?.Synced(_time.GetElapsedTime(started));
    }

    /// <summary>Makes a committed group visible: state first, then entries, then the head.</summary>
    private void Publish(CommitGroup group, Segment active)
    {
        if (group.Changes.Length > 0)
            _index.Apply(group.Changes, active, active.Length, _frame);

        if (group.EntryCount > 0)
            _recent.Add(RecentBatch.Of(_nextOffset, _frame.Time, group.ToEntries(), group.Body.Length));
        _nextOffset += group.EntryCount;
        _files.Add(_frame);
        _files.MoveHead(_nextOffset - 1);
        _waiters.Moved();
    }

    /// <summary>Cuts off what was written of a frame that found no room, for good: no answer has reported it.</summary>
    private async ValueTask TakeBackAsync()
    {
        var active = _files.Active;
        if (active.File.Length > active.Length)
        {
            active.File.Truncate(active.Length);
            await active.File.SyncAsync().ConfigureAwait(false);
        }

        if (_full is null)
            LogDiskFull(_logger, _disk.Name, _disk.FreeBytes());
        _full = new(_time.GetTimestamp());
    }

    private bool IsFull() => _full is { } full && _time.GetElapsedTime(full.Since) < FullFor;

    private void AnswerFull(CommitGroup group)
    {
        var full = new JournalFullException(_disk.FreeBytes(), group.Body.Length);
        foreach (var waiter in group.Waiters)
            waiter.Failed(full);
    }

    private void Fail(string doing, Exception cause)
    {
        var failure = new JournalFailedException($"{doing} in '{_disk.Name}': {cause.Message}", cause);
        if (Interlocked.CompareExchange(ref _failure, failure, null) is not null)
            return;

        LogFailed(_logger, failure);
        _queue.Refuse(failure);
        _waiters.Fail(failure);
        _died.TrySetResult(failure);
    }

    /// <summary>Syncs what is left, and says so in an empty frame: damage below it is then never taken for an un-synced tail.</summary>
    private async ValueTask CloseLogAsync()
    {
        if (_failure is not null)
            return;

        var active = _files.Active;
        await SyncLogAsync(active, active.EndPlace).ConfigureAwait(false);
        if (_markedPlace >= _syncedPlace)
            return;

        var mark = new byte[FrameHeader.Bytes];
        new FrameHeader(Crc32C.Of([], active.Header.Salt), 0, 0, 0, Timeline.Current, active.EndPlace, _nextOffset, _syncedPlace, _time.GetUtcNow().UtcTicks)
            .Write(mark, active.Header.Salt);
        await active.File.WriteAsync(active.Length, mark).ConfigureAwait(false);
    }

    /// <summary>The disk was full.</summary>
    /// <param name="Since">When the last try failed, as the clock's timestamp.</param>
    private sealed record FullDisk(long Since);
}
