using Npgsql;

namespace OpenCode.Actors.Benchmarks.Postgres;

/// <summary>Selects what other processes have written since the last look, and does nothing with it.</summary>
internal sealed class RawFollower(NpgsqlCommand select) : IAsyncDisposable
{
    private long _through;

    public static async Task<RawFollower> OpenAsync(NpgsqlConnection connection)
    {
        var select = new NpgsqlCommand("SELECT first, count, generation, at, body FROM log_batch WHERE first > $1 AND first <= $2 ORDER BY first", connection)
        {
            Parameters = { new NpgsqlParameter<long>(), new NpgsqlParameter<long>() },
        };
        await select.PrepareAsync();
        return new(select);
    }

    /// <summary>Reads up to an offset, and goes on from another the next time.</summary>
    public async ValueTask ReadAsync(long until, long through)
    {
        ((NpgsqlParameter<long>)select.Parameters[0]).TypedValue = _through;
        ((NpgsqlParameter<long>)select.Parameters[1]).TypedValue = until;
        await using var row = await select.ExecuteReaderAsync();
        while (await row.ReadAsync())
            _ = row.GetFieldValue<byte[]>(4);

        _through = through;
    }

    public ValueTask DisposeAsync() => select.DisposeAsync();
}
