using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Logging;
using OpenCode.Actors.Journaling;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Json;
using OpenCode.Actors.Protocol.Permissions;
using OpenCode.Actors.Protocol.Questions;
using OpenCode.Actors.Sessions.State;

namespace OpenCode.Actors.Sessions.Index;

/// <summary>All that the index is made of, read from the rows of all sessions.</summary>
/// <param name="Head">The log up to here is in the rows; what comes after may be too.</param>
/// <param name="Entries">The sessions.</param>
/// <param name="Unfinished">Those with an open turn.</param>
/// <param name="Permissions">The permissions that wait for an answer.</param>
/// <param name="Questions">The questions that wait for an answer.</param>
/// <param name="Rules">The rules that users allowed for always, with the session that learned them.</param>
internal sealed record Survey(
    long Head,
    IReadOnlyList<SessionEntry> Entries,
    IReadOnlyList<SessionId> Unfinished,
    IReadOnlyList<PermissionRequest> Permissions,
    IReadOnlyList<QuestionRequest> Questions,
    IReadOnlyList<(SessionId SessionId, PermissionRule Rule)> Rules)
{
    /// <summary>Reads the rows. One that cannot be read is logged and left out.</summary>
    public static async Task<Survey> TakeAsync(IJournal journal, ILogger logger, CancellationToken cancellationToken)
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
        await foreach (var row in journal.ListAsync(Rows.Turn, cancellationToken))
            unfinished.Add(new SessionId(row.Owner));

        var permissions = await ReadAsync(journal, reader, Rows.Permission, ProtocolJson.Wire.PermissionRequest, static (_, request) => request, cancellationToken);
        var questions = await ReadAsync(journal, reader, Rows.Question, ProtocolJson.Wire.QuestionRequest, static (_, request) => request, cancellationToken);
        var rules = await ReadAsync(journal, reader, Rows.Remember, ProtocolJson.Wire.PermissionRule, static (owner, rule) => (new SessionId(owner), rule), cancellationToken);
        return new Survey(head, entries, unfinished, permissions, questions, rules);
    }

    private static async Task<IReadOnlyList<TRead>> ReadAsync<TRow, TRead>(
        IJournal journal, RowReader reader, string kind, JsonTypeInfo<TRow> json, Func<string, TRow, TRead> read, CancellationToken cancellationToken)
        where TRow : class
    {
        var all = new List<TRead>();
        await foreach (var row in journal.ListAsync(kind, cancellationToken))
        {
            if (reader.Read(row, json) is { } content)
                all.Add(read(row.Owner, content));
        }

        return all;
    }
}
