using Microsoft.Extensions.Logging;
using OpenCode.Actors.Journal;
using OpenCode.Actors.Protocol.Events;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Json;
using OpenCode.Actors.Protocol.Permissions;
using OpenCode.Actors.Sessions.Permissions;
using OpenCode.Actors.Sessions.State;

namespace OpenCode.Actors.Sessions.Index;

/// <summary>The whole content of the index, read from the rows of all sessions.</summary>
/// <param name="Head">The log up to here is in the rows; what comes after may be too.</param>
/// <param name="Entries">The sessions.</param>
/// <param name="Unfinished">Those with an open turn.</param>
/// <param name="Deletions">Those that are being deleted.</param>
/// <param name="Permissions">The permissions that wait for an answer.</param>
/// <param name="Questions">The questions that wait for an answer.</param>
/// <param name="Rules">The rules that users allowed for always, with the session that learned them.</param>
/// <param name="Tombstones">The sessions that were deleted by name, and when, in milliseconds of the epoch. Only a cluster has them.</param>
internal sealed record IndexSnapshot(
    long Head,
    IReadOnlyList<SessionEntry> Entries,
    IReadOnlyList<SessionId> Unfinished,
    IReadOnlyList<SessionId> Deletions,
    IReadOnlyList<PermissionRequest> Permissions,
    IReadOnlyList<QuestionRequest> Questions,
    IReadOnlyList<(SessionId SessionId, LearnedRule Rule)> Rules,
    IReadOnlyList<(SessionId SessionId, long At)> Tombstones)
{
    /// <summary>Reads the rows. One that cannot be read is logged and left out.</summary>
    public static async Task<IndexSnapshot> TakeAsync(IJournal journal, bool isShared, ILogger logger, CancellationToken cancellationToken)
    {
        var head = await journal.CatchUpAsync(cancellationToken);
        var entries = new List<SessionEntry>();
        var reader = new RowReader(logger);
        await foreach (var row in journal.ListAsync(Rows.Session, cancellationToken))
        {
            if (reader.ReadEntry(row) is { } entry)
                entries.Add(entry);
        }

        var unfinished = new List<SessionId>();
        var deletions = new List<SessionId>();
        await foreach (var row in journal.ListAsync(Rows.Turn, cancellationToken))
            (row.Key == Rows.Deletion ? deletions : unfinished).Add(new SessionId(row.Owner));

        var (permissions, questions) = await ReadRequestsAsync(journal, reader, unfinished, cancellationToken);
        var rules = new List<(SessionId SessionId, LearnedRule Rule)>();
        await foreach (var row in journal.ListAsync(Rows.Remember, cancellationToken))
        {
            if (reader.Read(row, ProtocolJson.Wire.PermissionRule) is { } rule)
                rules.Add((new SessionId(row.Owner), new LearnedRule(rule, row.Offset)));
        }

        var tombstones = isShared ? await ReadTombstonesAsync(journal, reader, cancellationToken) : [];
        return new IndexSnapshot(head, entries, unfinished, deletions, permissions, questions, rules, tombstones);
    }

    private static async Task<List<(SessionId SessionId, long At)>> ReadTombstonesAsync(IJournal journal, RowReader reader, CancellationToken cancellationToken)
    {
        var tombstones = new List<(SessionId SessionId, long At)>();
        await foreach (var row in journal.ListAsync(Rows.Tombstone, cancellationToken))
        {
            if (reader.Read(row, RowJson.Default.Tombstone) is { } tombstone)
                tombstones.Add((new SessionId(row.Owner), tombstone.At));
        }

        tombstones.Sort(static (a, b) => a.At.CompareTo(b.At));
        return tombstones;
    }

    // A request waits only in an open turn, so only these few sessions are read: to list a kind of rows, the journal goes through the rows of all sessions.
    private static async Task<(List<PermissionRequest> Permissions, List<QuestionRequest> Questions)> ReadRequestsAsync(
        IJournal journal, RowReader reader, List<SessionId> unfinished, CancellationToken cancellationToken)
    {
        var permissions = new List<PermissionRequest>();
        var questions = new List<QuestionRequest>();
        foreach (var id in unfinished)
        {
            await foreach (var row in journal.LoadAsync(id.Value, cancellationToken))
            {
                if (row.Kind == Rows.Permission && reader.Read(row, ProtocolJson.Wire.PermissionRequest) is { } permission)
                    permissions.Add(permission);
                else if (row.Kind == Rows.Question && reader.Read(row, ProtocolJson.Wire.QuestionRequest) is { } question)
                    questions.Add(question);
            }
        }

        return (permissions, questions);
    }
}
