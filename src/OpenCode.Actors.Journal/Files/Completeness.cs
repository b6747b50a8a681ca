using OpenCode.Actors.Journal.Bodies;
using OpenCode.Actors.Journal.State;

namespace OpenCode.Actors.Journal.Files;

/// <summary>Notices a folder of which a part is gone, so that a lost log is not taken for a new one.</summary>
internal static class Completeness
{
    private const string Remedy = "Restore the whole data folder from one backup; or start with an empty folder, which loses all sessions.";

    /// <summary>Compares what there is.</summary>
    /// <returns>What is missing, or null.</returns>
    public static JournalCorruptException? Check(LogScan scan, bool hasTimeline, StateIndex index)
    {
        if (hasTimeline && scan.Segments.Count == 0)
            return new(SegmentHeader.Folder + "/", 0, $"there is no log, but '{TimelineFile.Name}' names one", Remedy);

        if (!hasTimeline && (scan.EndPlace > 0 || scan.TornBytes > 0 || index.Owners().Length > 0))
            return new(TimelineFile.Name, 0, "it is missing, but there is a log", Remedy);

        return index.OwnersWithSnapshotBeyond(scan.EndPlace) is [var owner, ..]
            ? new(SnapshotFile.PathOf(owner), 0, $"it holds more of the log than there is ({scan.EndPlace} bytes)", Remedy)
            : null;
    }
}
