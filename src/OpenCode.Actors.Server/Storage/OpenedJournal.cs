using OpenCode.Actors.Journal;
using OpenCode.Actors.Journal.Batches;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Server.Config;
using OpenCode.Actors.Server.Settings;
using OpenCode.Actors.Sessions.State;
using OpenCode.Actors.Storage.Sqlite;
using HeldFolder = OpenCode.Actors.Storage.Sqlite.Doors.DataFolder;

namespace OpenCode.Actors.Server.Storage;

/// <summary>Opens the journal of the data folder once, before the actors start, and closes it after they have ended.</summary>
internal sealed class OpenedJournal(ServeSettings settings, EventStreamConfig window, TimeProvider time, IEntropy entropy, ILoggerFactory loggers, JournalMetrics metrics, HeldFolder? held = null)
    : IStorage, IAsyncDisposable
{
    private BatchJournal? _journal;

    public IJournal Journal => _journal ?? throw new InvalidOperationException("The journal is not open yet: call OpenStorageAsync before the host starts.");

    /// <summary>Opens the journal: takes the folder unless it is held already, reads what is there.</summary>
    /// <exception cref="JournalException">Another process has it, it is damaged, or newer than this program.</exception>
    public async Task OpenAsync()
    {
        var options = new JournalOptions { RetainMs = window.RetainMs, RetainBytes = window.RetainBytes };
        options.HoldKinds.Add(Rows.Open); // Rule "Streamed text is state": recovery reads an open turn's deltas from the log.
        _journal = held is null
            ? await SqliteJournal.OpenAsync(settings.DataFolder, options, time, entropy.NextUInt64, loggers, metrics)
            : await SqliteJournal.OpenAsync(held, options, time, entropy.NextUInt64, loggers, metrics);
    }

    public ValueTask DisposeAsync() => _journal?.DisposeAsync() ?? ValueTask.CompletedTask;
}
