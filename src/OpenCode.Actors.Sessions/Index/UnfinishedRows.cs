using OpenCode.Actors.Journal;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Sessions.State;

namespace OpenCode.Actors.Sessions.Index;

/// <summary>Unfinished work that is in rows only, read where other nodes write them too: the log does not have it.</summary>
/// <param name="Deletions">Sessions that are being deleted.</param>
/// <param name="Tombstones">Sessions that have a tombstone; null when none was due, and they were not read.</param>
/// <param name="ReadAt">When the read began, in milliseconds of the epoch.</param>
internal sealed record UnfinishedRows(IReadOnlyList<SessionId> Deletions, IReadOnlySet<SessionId>? Tombstones, long ReadAt)
{
    /// <summary>Reads the rows.</summary>
    /// <param name="journal">The journal.</param>
    /// <param name="withTombstones">Whether a tombstone is due.</param>
    /// <param name="now">The time, in milliseconds of the epoch.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<UnfinishedRows> ReadAsync(IJournal journal, bool withTombstones, long now, CancellationToken cancellationToken)
    {
        var deletions = new List<SessionId>();
        await foreach (var row in journal.ListAsync(Rows.Turn, cancellationToken))
        {
            if (row.Key == Rows.Deletion)
                deletions.Add(new SessionId(row.Owner));
        }

        if (!withTombstones)
            return new UnfinishedRows(deletions, null, now);

        var tombstones = new HashSet<SessionId>();
        await foreach (var row in journal.ListAsync(Rows.Tombstone, cancellationToken))
            tombstones.Add(new SessionId(row.Owner));
        return new UnfinishedRows(deletions, tombstones, now);
    }
}
