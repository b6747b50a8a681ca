using System.Globalization;
using OpenCode.Actors.Journal;
using OpenCode.Actors.Journal.Batches;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Server.Config;
using OpenCode.Actors.Server.Settings;
using OpenCode.Actors.Sessions.State;
using OpenCode.Actors.Storage.Postgres;
using OpenCode.Actors.Storage.Postgres.Batches;

namespace OpenCode.Actors.Server.Storage;

/// <summary>Opens the database of the cluster once, before the actors start, and closes it after they have ended.</summary>
internal sealed class OpenedDatabase(ClusterSettings settings, EventStreamConfig window, TimeProvider time, IEntropy entropy, ILoggerFactory loggers, JournalMetrics metrics, PostgresMetrics databaseMetrics)
    : IStorage, IAsyncDisposable
{
    private const int SuffixLength = 9; // a hyphen and 8 digits

    private PostgresDatabase? _database;
    private BatchJournal? _journal;

    /// <summary>Gets the name of this process, which no other has, in its connections: that of the node, cut where it is too long for the database, and 8 random digits.</summary>
    public string Process { get; } = string.Create(CultureInfo.InvariantCulture, $"{InTag(settings.Node.Name)}-{(uint)entropy.NextUInt64():x8}");

    public PostgresDatabase Database => _database ?? throw NotOpen();

    public BatchJournal Journal => _journal ?? throw NotOpen();

    public async Task OpenAsync()
    {
        _database = await PostgresDatabase.OpenAsync(settings.Connection, Process, loggers);
        var options = new JournalOptions { RetainMs = window.RetainMs, RetainBytes = window.RetainBytes };
        options.HoldKinds.Add(Rows.Open); // Rule "Streamed text is state": recovery reads an open turn's deltas from the log.
        _journal = await PostgresJournal.OpenAsync(_database, options, time, loggers, metrics, databaseMetrics);
    }

    public async ValueTask DisposeAsync()
    {
        if (_journal is not null)
            await _journal.DisposeAsync();
        if (_database is not null)
            await _database.DisposeAsync();
    }

    // A name of a node is ASCII.
    private static string InTag(string node) => node[..Math.Min(node.Length, PostgresDatabase.MaxProcessBytes - SuffixLength)];

    private static InvalidOperationException NotOpen() => new("The database is not open yet: call OpenStorageAsync before the host starts.");
}
