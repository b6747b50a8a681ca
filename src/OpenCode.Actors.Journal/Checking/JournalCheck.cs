using OpenCode.Actors.Journal.Disks;
using OpenCode.Actors.Journal.Doors;
using OpenCode.Actors.Journal.Files;
using OpenCode.Actors.Journal.Bodies;
using OpenCode.Actors.Journal.State;

namespace OpenCode.Actors.Journal.Checking;

/// <summary>Reads a whole data folder as a start would, and every snapshot, without changing anything. For a folder that no process has in use.</summary>
public static class JournalCheck
{
    private const int MostDamages = 20;

    /// <summary>Checks a folder of the file system.</summary>
    /// <param name="folder">The data folder.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>What was found.</returns>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    public static Task<JournalReport> RunAsync(string folder, CancellationToken cancellationToken = default)
    {
        var disk = new FileDisk(folder);
        return disk.Exists ? RunAsync(disk, cancellationToken) : throw new DirectoryNotFoundException($"There is no folder '{disk.Name}'.");
    }

    /// <summary>Checks a disk.</summary>
    /// <param name="disk">The data folder.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>What was found.</returns>
    public static async Task<JournalReport> RunAsync(IDisk disk, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(disk);
        var damages = new List<JournalException>();
        var timeline = await ReadTimelineAsync(disk, damages, cancellationToken).ConfigureAwait(false);
        var snapshots = await ReadSnapshotsAsync(disk, damages, cancellationToken).ConfigureAwait(false);

        var batches = new Dictionary<Segment, int>();
        using var scan = new LogScan(disk, timeline?.Timeline.Id, timeline?.SyncedPlace ?? 0, DiskFileMode.Read, (segment, _, _, _) =>
        {
            batches[segment] = batches.GetValueOrDefault(segment) + 1;
            return ValueTask.CompletedTask;
        });
        try
        {
            await scan.RunAsync(cancellationToken).ConfigureAwait(false);
            if ((scan.Damage ?? Completeness.Check(scan, timeline is not null || damages.Count > 0, snapshots)) is { } damage)
                damages.Insert(0, damage);
        }
        catch (JournalVersionException e)
        {
            damages.Insert(0, e);
        }

        return new(
            disk.Name,
            timeline?.Timeline,
            [.. scan.Segments.Select(s => new SegmentReport(s.Header.Path, s.Header.FirstOffset, s.LastOffset, batches.GetValueOrDefault(s), s.Length))],
            snapshots.Owners().Length,
            scan.TornBytes,
            scan.TornBecause,
            [.. damages.Take(MostDamages)]);
    }

    private static async ValueTask<TimelineFile?> ReadTimelineAsync(IDisk disk, List<JournalException> damages, CancellationToken cancellationToken)
    {
        try
        {
            return await TimelineFile.ReadAsync(disk, cancellationToken).ConfigureAwait(false);
        }
        catch (JournalException e)
        {
            damages.Add(e);
            return null;
        }
    }

    private static async ValueTask<StateIndex> ReadSnapshotsAsync(IDisk disk, List<JournalException> damages, CancellationToken cancellationToken)
    {
        var index = new StateIndex(new HashSet<string>(StringComparer.Ordinal));
        foreach (var name in disk.List(SnapshotFile.Folder))
        {
            if (!SnapshotFile.TryParseName(name, out var owner))
                continue;

            index.ExpectSnapshot(owner);
            try
            {
                var (place, _) = await SnapshotFile.ReadAsync(disk, owner, static (_, _) => true, static (_, _) => true, cancellationToken).ConfigureAwait(false);
                index.ResolveSnapshot(owner, place);
            }
            catch (JournalException e)
            {
                damages.Add(e);
            }
        }

        return index;
    }
}
