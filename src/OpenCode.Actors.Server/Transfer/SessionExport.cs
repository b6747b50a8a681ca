using System.Text.Json;
using OpenCode.Actors.Journal;
using OpenCode.Actors.Journal.Nodes;
using OpenCode.Actors.Protocol.Json;
using OpenCode.Actors.Sessions.State;

namespace OpenCode.Actors.Server.Transfer;

/// <summary>Writes every session of a journal as a line, and the configuration of a cluster before them.</summary>
internal static class SessionExport
{
    /// <summary>Writes them, oldest id last.</summary>
    /// <param name="journal">A journal without a writer.</param>
    /// <param name="output">Where the lines go.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>How many there were.</returns>
    public static async Task<int> RunAsync(IJournal journal, TextWriter output, CancellationToken cancellationToken)
    {
        var ids = new List<string>();
        await foreach (var row in journal.ListAsync(Rows.Session, cancellationToken))
            ids.Add(row.Owner);

        foreach (var id in ids.Order(StringComparer.Ordinal))
            await output.WriteLineAsync(JsonSerializer.Serialize(await ReadAsync(journal, id, cancellationToken), TransferJson.Default.SessionLine).AsMemory(), cancellationToken);
        await output.FlushAsync(cancellationToken);
        return ids.Count;
    }

    /// <summary>Writes what clients patched into the configuration, if they did.</summary>
    /// <param name="config">The configuration of a cluster.</param>
    /// <param name="output">Where the line goes.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Whether there was anything.</returns>
    public static async Task<bool> WriteConfigAsync(ISharedConfig config, TextWriter output, CancellationToken cancellationToken)
    {
        var stored = await config.ReadAsync(cancellationToken);
        var patches = JsonElement.Parse(stored.Json.Span);
        if (!patches.EnumerateObject().Any())
            return false;

        await output.WriteLineAsync(JsonSerializer.Serialize(new ConfigLine(SessionLine.KnownFormat, patches), TransferJson.Default.ConfigLine).AsMemory(), cancellationToken);
        return true;
    }

    private static async Task<SessionLine> ReadAsync(IJournal journal, string id, CancellationToken cancellationToken)
    {
        var rows = new List<StateRow>();
        await foreach (var row in journal.LoadAsync(id, cancellationToken))
            rows.Add(row);

        // A process is of this machine, and what was allowed ends with a restart. A streamed text is exported whole: its deltas stay in the log.
        var open = await FoldOpenAsync(journal, id, rows, cancellationToken);
        return new SessionLine(SessionLine.KnownFormat, id, [.. rows.Where(row => row.Kind is not (Rows.Process or Rows.Remember)).Select(row => Line(row.Kind == Rows.Open ? row with { Json = open } : row))]);
    }

    private static async Task<ReadOnlyMemory<byte>> FoldOpenAsync(IJournal journal, string id, List<StateRow> rows, CancellationToken cancellationToken)
    {
        var (state, openSince) = SessionFold.FoldRows(rows);
        if (openSince is not { } after)
            return default;

        var deltas = new List<LogEntry>();
        if (after >= journal.Floor)
        {
            await foreach (var page in journal.ReadAsync(after, new EntryFilter(SessionId: id), cancellationToken))
                deltas.AddRange(page.Entries.Where(SessionFold.IsDelta));
        }

        return JsonSerializer.SerializeToUtf8Bytes(SessionFold.FoldDeltas(state, deltas).Turn!.Open!.Folded(), ProtocolJson.Wire.Part);
    }

    private static RowLine Line(StateRow row) => new(row.Kind, row.Key, JsonElement.Parse(row.Json.Span));
}
