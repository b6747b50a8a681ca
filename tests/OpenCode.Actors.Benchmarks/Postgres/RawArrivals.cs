using System.Diagnostics;
using Npgsql;
using OpenCode.Actors.Journal.Bodies;
using OpenCode.Actors.Storage.Postgres;
using OpenCode.Actors.Storage.Postgres.Batches;

namespace OpenCode.Actors.Benchmarks.Postgres;

/// <summary>LISTEN on one connection; at each hint, read on from the last position with the statement of the product on another.</summary>
internal sealed class RawArrivals(PostgresDatabase database, NpgsqlConnection listen, NpgsqlConnection read, NpgsqlCommand select) : INodeWork
{
    public const string Kind = "arrive raw";

    private const long PageBytes = 1024 * 1024;

    // Twice as long as it takes if all is well.
    private const int Patience = 2;

    public static async Task<RawArrivals> OpenAsync(NodeTask task, string id)
    {
        var database = await PostgresDatabase.OpenAsync(task.Target, id);
        var listen = await database.ConnectAsync(default);
        await using (var command = new NpgsqlCommand($"LISTEN {PostgresHints.Channel}", listen))
            await command.ExecuteNonQueryAsync();
        var read = await database.ConnectAsync(default);
        var select = new NpgsqlCommand(PostgresBatchStore.Read, read);
        foreach (var value in (long[])[0, PageBytes, PostgresBatchStore.PageRows])
            select.Parameters.Add(new NpgsqlParameter<long> { TypedValue = value });
        await select.PrepareAsync();
        return new(database, listen, read, select);
    }

    public async Task<NodeAnswer> RunAsync(NodeTask task, long begin)
    {
        var arrivals = new Arrivals(task.Events);
        var after = 0L;
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(Patience * task.Seconds));
        try
        {
            while (!arrivals.IsComplete)
            {
                await listen.WaitAsync(limit.Token);
                while (await ReadAsync(after, arrivals) is var through && through > after)
                    after = through;
            }
        }
        catch (OperationCanceledException)
        {
            // The answer says what is missing.
        }

        return arrivals.Answer();
    }

    public async ValueTask DisposeAsync()
    {
        await select.DisposeAsync();
        await read.DisposeAsync();
        await listen.DisposeAsync();
        await database.DisposeAsync();
    }

    private async Task<long> ReadAsync(long after, Arrivals arrivals)
    {
        var through = after;
        ((NpgsqlParameter<long>)select.Parameters[0]).TypedValue = after;
        await using var row = await select.ExecuteReaderAsync();
        while (await row.ReadAsync())
        {
            if (row.IsDBNull(4))
                continue; // The batch that ends there.

            Take(row.GetFieldValue<byte[]>(4), arrivals);
            through = row.GetInt64(0) + row.GetInt32(1) - 1;
        }

        return through;
    }

    private static void Take(byte[] body, Arrivals arrivals)
    {
        var now = Stopwatch.GetTimestamp();
        var reader = new BodyReader(body);
        while (reader.Next())
            arrivals.Add(reader.Properties, now);
    }
}
