using OpenCode.Actors.Journal;
using OpenCode.Actors.Journal.Disks;
using OpenCode.Actors.Journal.Files;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Server.Config;
using OpenCode.Actors.Sessions.State;

namespace OpenCode.Actors.Server.Storage;

/// <summary>Opens the journal once, before the actors start, and closes it after they have ended.</summary>
internal sealed class OpenedJournal(
    IDisk disk, EventStreamConfig window, TimeProvider time, IEntropy entropy, ILogger<FileJournal> logger, JournalMetrics metrics) : IStorage, IAsyncDisposable
{
    private FileJournal? _journal;

    public IJournal Journal => _journal ?? throw new InvalidOperationException("The journal is not open yet: call OpenStorageAsync before the host starts.");

    /// <summary>Opens the journal: locks the folder, recovers what is there.</summary>
    /// <exception cref="JournalException">Another process has it, it is damaged, or newer than this program.</exception>
    public async Task OpenAsync()
    {
        var options = new JournalOptions { RetainMs = window.RetainMs, RetainBytes = window.RetainBytes };
        options.HoldKinds.Add(Rows.Open); // RULES C3: what an open turn streamed is read from the log when it is recovered
        _journal = await FileJournal.OpenAsync(disk, options, time, entropy.NextUInt64, logger, metrics);
    }

    public ValueTask DisposeAsync() => _journal?.DisposeAsync() ?? ValueTask.CompletedTask;
}
