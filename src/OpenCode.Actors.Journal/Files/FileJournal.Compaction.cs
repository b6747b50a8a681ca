using OpenCode.Actors.Journal.Bodies;
using OpenCode.Actors.Journal.State;

namespace OpenCode.Actors.Journal.Files;

/// <content>Snapshots of owners, and retention, which needs them.</content>
public sealed partial class FileJournal
{
    // Fewer rows cost less in the index than a file of their own.
    private const int HandfulOfRows = 8;
    private const int OwnersAtOnce = 128;

    // When something stands in the way of retention, how long until the next look.
    private static readonly TimeSpan TrimPause = TimeSpan.FromSeconds(10);

    private long? _trimmedInVain;

    /// <inheritdoc/>
    public async ValueTask CompactAsync(string owner, CancellationToken cancellationToken)
    {
        OwnerName.Check(owner, nameof(owner));
        if (_index.View(owner) is not { } view || (view.Rows.Length <= HandfulOfRows && view.Deleted.Count == 0))
            return;

        await _asideTurn.TakeAsync().ConfigureAwait(false);
        try
        {
            await SnapshotAsync([owner]).ConfigureAwait(false);
        }
        finally
        {
            _asideTurn.GiveBack();
        }
    }

    /// <summary>Deletes the segments that retention does not keep.</summary>
    /// <returns>How many went.</returns>
    internal async Task<int> TrimAsync()
    {
        await _asideTurn.TakeAsync().ConfigureAwait(false);
        try
        {
            return await TrimInTurnAsync().ConfigureAwait(false);
        }
        finally
        {
            _asideTurn.GiveBack();
        }
    }

    /// <summary>Begins retention beside the commits, if there is something to do.</summary>
    private void StartTrim()
    {
        if (FindTrimmable() is null || (_trimmedInVain is { } since && _time.GetElapsedTime(since) < TrimPause) || !_asideTurn.TryTake())
            return;

        _ = TrimAsideAsync();

        async Task TrimAsideAsync()
        {
            try
            {
                _trimmedInVain = await TrimInTurnAsync().ConfigureAwait(false) == 0 ? _time.GetTimestamp() : null;
            }
#pragma warning disable CA1031 // Retention is tried again; its failure is logged.
            catch (Exception e)
#pragma warning restore CA1031
            {
                _trimmedInVain = _time.GetTimestamp();
                LogTrimFailed(_logger, e);
            }
            finally
            {
                _asideTurn.GiveBack();
            }
        }
    }

    private Segment? FindTrimmable()
    {
        var (oldest, totalBytes) = _files.Oldest;
        if (oldest is null)
            return null;

        var age = _time.GetUtcNow().UtcTicks - oldest.LastAt;
        return totalBytes > _options.RetainBytes || age > _options.RetainMs * TimeSpan.TicksPerMillisecond ? oldest : null;
    }

    private async Task<int> TrimInTurnAsync()
    {
        var count = 0;
        while (_failure is null && FindTrimmable() is { } oldest)
        {
            if (_index.Holds(oldest))
            {
                LogTrimHeld(_logger, oldest.Header.Path);
                return count;
            }

            foreach (var owners in _index.OwnersIn(oldest).Chunk(OwnersAtOnce))
                await SnapshotAsync(owners).ConfigureAwait(false);

            await OnDiskAsync(_disk.RunAside, () => DropAsync(oldest)).ConfigureAwait(false);
            count++;
        }

        return count;
    }

    private async ValueTask DropAsync(Segment oldest)
    {
        if (_index.OwnersIn(oldest) is { Count: > 0 } owners)
            throw new InvalidOperationException($"'{oldest.Header.Path}' cannot go: the only place of rows of '{owners[0]}'.");

        _files.DropOldest();
        _disk.Delete(oldest.Header.Path);

        // One after the other, so that a crash leaves no hole between segments.
        await _disk.SyncFolderAsync(SegmentHeader.Folder).ConfigureAwait(false);
        oldest.File.Dispose();
        LogTrimmed(_logger, oldest.Header.Path, Floor);
    }

    /// <summary>Writes a snapshot of each owner, and takes its rows out of the index.</summary>
    private async Task SnapshotAsync(string[] owners)
    {
        _index.BeginSnapshots(owners);
        try
        {
            await SnapshotBegunAsync(owners).ConfigureAwait(false);
        }
        finally
        {
            _index.EndSnapshots(owners);
        }
    }

    private async Task SnapshotBegunAsync(string[] owners)
    {
        var written = new List<(string Owner, long Place, string? Temporary)>();
        await OnDiskAsync(_disk.RunAside, async () =>
        {
            foreach (var owner in owners)
            {
                if (await _state.ReadAsync(owner, static (_, _) => true, CancellationToken.None).ConfigureAwait(false) is not { } found || (found.View.Rows.Length == 0 && found.View.Deleted.Count == 0))
                    continue;

                var place = found.View.Place;
                written.Add((owner, place, found.Rows.Count == 0 ? null : await SnapshotFile.WriteAsync(_disk, owner, place, found.Rows).ConfigureAwait(false)));
            }
        }).ConfigureAwait(false);
        if (written.Count == 0)
            return;

        // RULES B2: a snapshot never holds what the log may still lose.
        await SyncAsync().ConfigureAwait(false);
        try
        {
            await OnDiskAsync(_disk.RunAside, () => PutInPlaceAsync(written)).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            // The index already says that the rows are in the snapshots, which is not true: retention must not rely on it.
            Fail("putting snapshots in place", e);
            throw;
        }
    }

    private async ValueTask PutInPlaceAsync(List<(string Owner, long Place, string? Temporary)> written)
    {
        foreach (var (owner, place, temporary) in written)
        {
            if (temporary is null)
            {
                _disk.Delete(SnapshotFile.PathOf(owner));
                _index.DropSnapshot(owner, place);
            }
            else
            {
                _disk.Rename(temporary, SnapshotFile.PathOf(owner));
                _index.TakeSnapshot(owner, place);
            }
        }

        await _disk.SyncFolderAsync(SnapshotFile.Folder).ConfigureAwait(false);
    }
}
