using OpenCode.Actors.Journal.Disks;
using OpenCode.Actors.Journal.Bodies;
using OpenCode.Actors.Journal.State;

namespace OpenCode.Actors.Journal.Files;

/// <content>The start: read all, cut the un-synced tail or refuse (RULES B1), sync, then begin a generation (RULES A3).</content>
public sealed partial class FileJournal
{
    private async ValueTask RecoverAsync(CancellationToken cancellationToken)
    {
        var started = _time.GetTimestamp();
        var known = await TimelineFile.ReadAsync(_disk, cancellationToken).ConfigureAwait(false);
        foreach (var name in _disk.List(SnapshotFile.Folder))
        {
            if (SnapshotFile.TryParseName(name, out var owner))
                _index.ExpectSnapshot(owner);
            else if (name.EndsWith(SnapshotFile.Temporary, StringComparison.Ordinal))
                _disk.Delete($"{SnapshotFile.Folder}/{name}");
        }

        using var scan = new LogScan(_disk, known?.Timeline.Id, known?.SyncedPlace ?? 0, DiskFileMode.Write, new StateBuilder(_disk, _index).VisitAsync);
        await scan.RunAsync(cancellationToken).ConfigureAwait(false);
        if ((scan.Damage ?? Completeness.Check(scan, known is not null, _index)) is { } damage)
            throw damage;

        var timeline = known ?? TimelineFile.Create(_entropy);
        if (known is null)
            await BeginLogAsync(scan, timeline.Timeline.Id).ConfigureAwait(false);
        else
            await CutAsync(scan).ConfigureAwait(false);

        (_syncedPlace, _markedPlace, _nextOffset) = (scan.EndPlace, scan.EndPlace, scan.Head + 1);
        foreach (var segment in scan.TakeSegments())
            _files.Add(segment);

        _timeline = timeline.Next(Head, _syncedPlace, _time.GetUtcNow());
        await _timeline.WriteAsync(_disk).ConfigureAwait(false);
        _metrics?.Opened(() => (Head, Floor));
        var milliseconds = _time.GetElapsedTime(started).TotalMilliseconds;
        LogOpened(_logger, _disk.Name, Timeline.Id, Timeline.Current, Floor, Head, milliseconds);
    }

    /// <summary>Makes the first segment. It is there before the timeline is: a timeline without a log is a log that was lost.</summary>
    private async ValueTask BeginLogAsync(LogScan scan, string timelineId)
    {
        foreach (var segment in scan.TakeSegments())
        {
            segment.File.Dispose();
            _disk.Delete(segment.Header.Path);
        }

        _files.Add(await CreateSegmentAsync(timelineId, 1, 0).ConfigureAwait(false));
        await _disk.SyncFolderAsync("").ConfigureAwait(false);
    }

    private async ValueTask CutAsync(LogScan scan)
    {
        foreach (var path in scan.Unfinished)
            _disk.Delete(path);
        if (scan.Unfinished.Count > 0)
            await _disk.SyncFolderAsync(SegmentHeader.Folder).ConfigureAwait(false);

        if (scan.Segments.Count == 0)
            return;

        var last = scan.Segments[^1];
        if (scan.TornBytes > 0)
        {
            LogTailCut(_logger, last.Header.Path, last.Length, scan.TornBytes, scan.TornBecause!);
            last.File.Truncate(last.Length);
        }

        // What was recovered may have been written but never synced: it is shown from now on, so it must not be lost to a power cut (RULES A3).
        await last.File.SyncAsync().ConfigureAwait(false);
    }
}
