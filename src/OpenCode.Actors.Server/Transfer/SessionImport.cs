using System.Globalization;
using System.Text.Json;
using OpenCode.Actors.Journal;
using OpenCode.Actors.Journal.Nodes;
using OpenCode.Actors.Protocol.Events;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Json;
using OpenCode.Actors.Sessions.State;

namespace OpenCode.Actors.Server.Transfer;

/// <summary>Imports exported sessions into a journal, and the configuration of a cluster. All lines are read before anything is written: one bad line, and nothing is written.</summary>
internal static class SessionImport
{
    /// <summary>Takes them.</summary>
    /// <param name="lines">The lines of an export; they are gone through twice.</param>
    /// <param name="journal">Where they go.</param>
    /// <param name="config">Where a configuration goes; null where none is kept.</param>
    /// <param name="ids">Makes the ids of events.</param>
    /// <param name="report">Told about skipped sessions and bad lines.</param>
    /// <param name="cancellationToken">Gives up between two sessions.</param>
    /// <returns>How many were taken, skipped because they are there, and bad. With a bad one nothing was taken.</returns>
    public static async Task<ImportReport> RunAsync(
        IEnumerable<string> lines, IJournal journal, ISharedConfig? config, IdFactory ids, TextWriter report, CancellationToken cancellationToken)
    {
        var bad = 0;
        foreach (var (number, text) in Numbered(lines))
        {
            try
            {
                if (ConfigLine.Find(text) is null)
                    SessionLine.Parse(text);
            }
            catch (FormatException e)
            {
                bad++;
                await TellAsync(report, number, e.Message, cancellationToken);
            }
        }

        if (bad > 0)
            return new ImportReport(0, 0, bad);

        var (taken, skipped) = (0, 0);
        foreach (var (number, text) in Numbered(lines))
        {
            if (ConfigLine.Find(text) is { } patches)
            {
                await TellAsync(report, number, await TakeAsync(patches, config, cancellationToken), cancellationToken);
                continue;
            }

            var line = SessionLine.Parse(text);
            if (await IsThereAsync(journal, line.Id, cancellationToken))
            {
                skipped++;
                await TellAsync(report, number, $"{line.Id} is there already; it stays as it is.", cancellationToken);
                continue;
            }

            await journal.AppendAsync(Batch(line, ids), cancellationToken);
            taken++;
        }

        return new ImportReport(taken, skipped, 0);
    }

    private static IEnumerable<(int Number, string Text)> Numbered(IEnumerable<string> lines) =>
        lines.Select(static (text, index) => (index + 1, text)).Where(static line => line.text.Length > 0);

    private static Task TellAsync(TextWriter report, int number, string text, CancellationToken cancellationToken) =>
        report.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"Line {number}: {text}").AsMemory(), cancellationToken);

    private static async Task<string> TakeAsync(ConfigLine line, ISharedConfig? config, CancellationToken cancellationToken)
    {
        if (config is null)
            return "the configuration of a cluster is left out; a server that is alone keeps what is patched in memory. Write it into opencode.json.";

        var stored = await config.ReadAsync(cancellationToken);
        return !JsonElement.Parse(stored.Json.Span).EnumerateObject().Any()
            && await config.TryReplaceAsync(stored.Version, JsonSerializer.SerializeToUtf8Bytes(line.Config, TransferJson.Default.JsonElement), cancellationToken) is not null
            ? "the configuration was taken."
            : "there is a configuration already; it stays as it is.";
    }

    private static async Task<bool> IsThereAsync(IJournal journal, string id, CancellationToken cancellationToken)
    {
        await foreach (var _ in journal.LoadAsync(id, cancellationToken))
            return true;
        return false;
    }

    // The event makes the batch durable, and a node that runs meanwhile lists the session.
    private static JournalBatch Batch(SessionLine line, IdFactory ids)
    {
        var changes = line.Changes();
        var state = SessionFold.FoldRows([.. changes.Select(change => new StateRow(change.Kind, change.Owner, change.Key, change.Json!.Value, 0))]).State;
        var info = state.Info!;
        var created = new EntryDraft(
            ids.NewEvent().Value, EventTypes.SessionCreated, info.Directory, info.ProjectId, line.Id, state.NextSequence, Durable: true, EventJson.Encode(new SessionCreated(info.Id, info)));
        var head = HeadRow.Of(state) with { NextSequence = state.NextSequence + 1 };
        return new JournalBatch([created], [.. changes, new StateChange(Rows.Head, line.Id, "", JsonSerializer.SerializeToUtf8Bytes(head, RowJson.Default.HeadRow))]);
    }
}

/// <summary>The result of an import.</summary>
internal sealed record ImportReport(int Taken, int Skipped, int Bad);
