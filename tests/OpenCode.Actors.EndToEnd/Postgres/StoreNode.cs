using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using OpenCode.Actors.Journal;
using OpenCode.Actors.Journal.Bodies;
using OpenCode.Actors.Journal.Stores;
using OpenCode.Actors.Storage.Postgres;
using OpenCode.Actors.Storage.Postgres.Batches;

namespace OpenCode.Actors.EndToEnd.Postgres;

/// <summary>One process' store, used without the journal above it.</summary>
internal sealed class StoreNode : IAsyncDisposable
{
    private readonly PostgresDatabase _database;

    private StoreNode(PostgresDatabase database, PostgresBatchStore store) => (_database, Store) = (database, store);

    public PostgresBatchStore Store { get; }

    public static async Task<StoreNode> OpenAsync(string connectionString, string name)
    {
        var database = await PostgresDatabase.OpenAsync(connectionString, name);
        var store = new PostgresBatchStore(database, TimeProvider.System, NullLogger.Instance);
        await store.OpenAsync(default);
        return new(database, store);
    }

    /// <summary>Makes a batch of entries of these types, with one row of state.</summary>
    public static StoreBatch Batch(long number, long generation, string[] types, params Fence[] fences)
    {
        var body = new BodyWriter();
        foreach (var type in types)
            body.Write(new EntryDraft("evt_" + type, type, null, null, null, -1, true, "{}"u8.ToArray()));

        return new(number, generation, fences, types.Length, body.Body.ToArray(), [new("k", "o", types[0], Encoding.UTF8.GetBytes("1"), types.Length, false)]);
    }

    public static List<string> Types(StoredBatch batch)
    {
        var types = new List<string>();
        var body = new BodyReader(batch.Body.Span);
        while (body.Next())
            types.Add(Encoding.UTF8.GetString(body.Type));

        return types;
    }

    public async Task<object?> ScalarAsync(string sql)
    {
        await using var connection = await _database.ConnectAsync(default);
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        await _database.DisposeAsync();
    }
}
