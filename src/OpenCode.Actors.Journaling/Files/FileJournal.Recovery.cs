using OpenCode.Actors.Journaling.Disks;
using OpenCode.Actors.Journaling.Segments;
using OpenCode.Actors.Journaling.State;

namespace OpenCode.Actors.Journaling.Files;

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

        using var scan = new LogScan(_disk, known?.Timeline.Id, known?.SyncedPlace ?? 0, new StateBuilder(_disk, _index).VisitAsync);
        await scan.RunAsync(cancellationToken).ConfigureAwait(false);
        if (scan.Damage is not null)
            throw scan.Damage;

        CheckComplete(scan, known is not null);
        var timeline = known ?? TimelineFile.Create(_entropy);
        if (known is null)
            await BeginLogAsync(scan, timeline.Timeline.Id).ConfigureAwait(false);
        else
            await CutAsync(scan).ConfigureAwait(false);

        (_syncedPlace, _markedPlace, _nextOffset) = (scan.EndPlace, scan.EndPlace, scan.Head + 1);
        foreach (var segment in scan.TakeSegments())
            _files.Add(segment);

        _timeline = timeline.Next(Head, _syncedPlace);
        await _timeline.WriteAsync(_disk).ConfigureAwait(false);
        _metrics.Opened(() => (Head, Floor));
        var milliseconds = _time.GetElapsedTime(started).TotalMilliseconds;
        LogOpened(_logger, _disk.Name, Timeline.Id, Timeline.Current, Floor, Head, milliseconds);
    }

    /// <summary>Refuses a folder of which a part is gone.</summary>
    private void CheckComplete(LogScan scan, bool hasTimeline)
    {
        const string Remedy = "Restore the whole data folder from one backup; or start with an empty folder, which loses all sessions.";
        if (hasTimeline && scan.Segments.Count == 0)
            throw new JournalCorruptException(SegmentHeader.Folder + "/", 0, $"there is no log, but '{TimelineFile.Name}' names one", Remedy);

        if (!hasTimeline && (scan.EndPlace > 0 || scan.TornBytes > 0 || _index.Owners().Length > 0))
            throw new JournalCorruptException(TimelineFile.Name, 0, "it is missing, but there is a log", Remedy);

        if (_index.OwnersWithSnapshotBeyond(scan.EndPlace) is [var owner, ..])
            throw new JournalCorruptException(SnapshotFile.PathOf(owner), 0, $"it holds more of the log than there is ({scan.EndPlace} bytes)", Remedy);
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
