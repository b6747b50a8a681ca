using OpenCode.Actors.Protocol.Ids.Doors;
using OpenCode.Actors.Journaling;
using OpenCode.Actors.Journaling.Doors;
using OpenCode.Actors.Journaling.Files;
using OpenCode.Actors.Postgres;
using OpenCode.Actors.Server.Locations;
using OpenCode.Actors.Server.Locations.Doors;

namespace OpenCode.Actors.Server.Storage;

/// <summary>Where sessions are kept, for commands that work on them while no server does.</summary>
internal abstract record StoragePlace
{
    /// <summary>Opens the journal there; the caller disposes it.</summary>
    public abstract Task<IJournal> OpenAsync();
}

/// <summary>A data folder.</summary>
internal sealed record FolderPlace(string Folder, bool MustExist) : StoragePlace
{
    /// <inheritdoc/>
    public override async Task<IJournal> OpenAsync()
    {
        if (MustExist && new MachineFolderTree().Look(Folder) != PathKind.Folder)
            throw new DirectoryNotFoundException($"There is no data folder '{Folder}': name it with --data.");

        return await FileJournal.OpenAsync(new FileDisk(Folder), new JournalOptions(), TimeProvider.System, SystemEntropy.Instance.NextUInt64);
    }

    /// <inheritdoc/>
    public override string ToString() => $"'{Folder}'";
}

/// <summary>The PostgreSQL database of a cluster. Its schema is made or updated where that is needed.</summary>
internal sealed record DatabasePlace(string Connection) : StoragePlace
{
    /// <inheritdoc/>
    public override async Task<IJournal> OpenAsync()
    {
        var database = await PostgresDatabase.OpenAsync(Connection, $"transfer-{(uint)SystemEntropy.Instance.NextUInt64():x8}");
        return await PostgresJournal.OpenAsync(database, new JournalOptions(), TimeProvider.System);
    }

    /// <inheritdoc/>
    public override string ToString() => "the database";
}
