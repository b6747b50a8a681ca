using OpenCode.Actors.Journal;
using OpenCode.Actors.Journal.Nodes;
using OpenCode.Actors.Protocol.Ids.Doors;
using OpenCode.Actors.Storage.Postgres;
using OpenCode.Actors.Storage.Postgres.Batches;
using OpenCode.Actors.Storage.Postgres.Connections;
using OpenCode.Actors.Storage.Postgres.Nodes;
using OpenCode.Actors.Storage.Sqlite;
using HeldFolder = OpenCode.Actors.Storage.Sqlite.Doors.DataFolder;

namespace OpenCode.Actors.Server.Storage;

/// <summary>A place of sessions, for commands that use it while no server does.</summary>
internal abstract record StoragePlace
{
    /// <summary>Options without retention: the server that uses the log decides about that.</summary>
    private protected static readonly JournalOptions _keepingAll = new() { RetainMs = 100L * 365 * 86_400_000, RetainBytes = long.MaxValue };

    /// <summary>Opens what is there; the caller disposes it.</summary>
    public abstract Task<OpenedPlace> OpenAsync();
}

/// <summary>The content of a place.</summary>
/// <param name="journal">The sessions.</param>
/// <param name="database">The database that both are in; null for a data folder.</param>
internal sealed class OpenedPlace(IJournal journal, PostgresDatabase? database = null) : IAsyncDisposable
{
    public IJournal Journal => journal;

    /// <summary>Gets what clients patched into the configuration; null where it is not kept.</summary>
    public ISharedConfig? Config { get; } = database is null ? null : new PostgresSharedConfig(database);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await journal.DisposeAsync();
        if (database is not null)
            await database.DisposeAsync();
    }
}

/// <summary>A data folder.</summary>
internal sealed record FolderPlace(string Folder, bool MustExist) : StoragePlace
{
    /// <inheritdoc/>
    public override async Task<OpenedPlace> OpenAsync()
    {
        if (MustExist)
            HeldFolder.RequireJournal(Folder);

        return new OpenedPlace(await SqliteJournal.OpenAsync(Folder, _keepingAll, TimeProvider.System, SystemEntropy.Instance.NextUInt64));
    }

    /// <inheritdoc/>
    public override string ToString() => $"'{Folder}'";
}

/// <summary>The PostgreSQL database of a cluster. Its schema is made or updated where that is needed.</summary>
internal sealed record DatabasePlace(string Connection) : StoragePlace
{
    /// <inheritdoc/>
    public override async Task<OpenedPlace> OpenAsync()
    {
        var database = await PostgresDatabase.OpenAsync(Connection, $"transfer-{(uint)SystemEntropy.Instance.NextUInt64():x8}");
        try
        {
            await RefuseLivingNodesAsync();
        }
        catch
        {
            await database.DisposeAsync();
            throw;
        }

        return new OpenedPlace(await PostgresJournal.OpenAsync(database, _keepingAll, TimeProvider.System), database);
    }

    /// <inheritdoc/>
    public override string ToString() => "the database";

    // Sessions that nodes have in memory would not see what is imported, and go on while they are exported.
    private async Task RefuseLivingNodesAsync()
    {
        var rows = await PostgresClusterView.ReadAsync(Connection, CancellationToken.None);
        var living = rows.Nodes.Select(static node => node.Description.Identity).Where(node => rows.HasProcess(node) != false).Select(static node => $"'{node.Name}' ({node.Address})").ToList();
        if (living.Count > 0)
            throw new DatabaseRefusedException($"Nodes run on the database: {string.Join(", ", living)}. Stop all of them, then do this again; nothing was read or changed.");
    }
}
