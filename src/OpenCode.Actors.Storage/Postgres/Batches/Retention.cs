using Npgsql;
using OpenCode.Actors.Journal;

namespace OpenCode.Actors.Storage.Postgres.Batches;

/// <summary>Removes entries beyond the retention window, on one node at a time. The floor is written before rows are deleted (rule "Reads beside retention").</summary>
internal static class Retention
{
    private const int LockClass = 0x6F63_6D68;

    private const string Ends =
        "SELECT h.pos, h.bytes, f.floor, (SELECT min(pos) FROM state WHERE kind = ANY ($1)) FROM log_head h, log_floor f";

    // The batch at or below an offset, and whether it may go: both conditions hold for all batches below one for which they hold.
    private const string Probe =
        """
        SELECT first + count - 1, at < clock_timestamp() - make_interval(secs => $2) OR $3 - bytes + octet_length(body) > $4
        FROM log_batch WHERE first <= $1 ORDER BY first DESC LIMIT 1
        """;

    private const string Delete = "DELETE FROM log_batch WHERE first IN (SELECT first FROM log_batch WHERE first <= $1 ORDER BY first LIMIT 2000)";

    // Of processes that ended without taking their row with them. One that is connected may only have had nothing to append.
    private const string DeleteWriters =
        "DELETE FROM writer w WHERE seen < clock_timestamp() - interval '1 day' AND NOT EXISTS (SELECT FROM pg_stat_activity a WHERE a.application_name = w.id)";

    // What was shown of them is gone anyway. Processes that still have to go on in the last of these compare themselves with the ones before.
    private const string DeleteGenerations =
        "DELETE FROM generation WHERE number < (SELECT max(number) FROM generation WHERE head_before <= $1 AND at < clock_timestamp() - interval '1 day')";

    // Bodies that no append has used: the command they belong to is over by then.
    private const string DeleteBodies = "DELETE FROM large_body WHERE at < clock_timestamp() - interval '15 minutes'";

    public static async Task RunAsync(NpgsqlConnection connection, JournalOptions options, CancellationToken cancellationToken)
    {
        if (!await ScalarAsync<bool>(connection, $"SELECT pg_try_advisory_lock({LockClass}, hashtext(current_schema()))", [], cancellationToken).ConfigureAwait(false))
            return;

        try
        {
            var (floor, target) = await FindAsync(connection, options, cancellationToken).ConfigureAwait(false);
            if (target > floor)
                await ExecuteAsync(connection, "UPDATE log_floor SET floor = greatest(floor, $1)", [target], cancellationToken).ConfigureAwait(false);
            while (await ExecuteAsync(connection, Delete, [Math.Max(floor, target)], cancellationToken).ConfigureAwait(false) > 0)
            {
                // In short transactions: a long one would keep the dead versions of all other rows.
            }

            await ExecuteAsync(connection, DeleteGenerations, [Math.Max(floor, target)], cancellationToken).ConfigureAwait(false);
            await ExecuteAsync(connection, DeleteWriters, [], cancellationToken).ConfigureAwait(false);
            await ExecuteAsync(connection, DeleteBodies, [], cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await ExecuteAsync(connection, $"SELECT pg_advisory_unlock({LockClass}, hashtext(current_schema()))", [], CancellationToken.None).ConfigureAwait(false);
        }
    }

    private static async Task<(long Floor, long Target)> FindAsync(NpgsqlConnection connection, JournalOptions options, CancellationToken cancellationToken)
    {
        var (head, bytes, floor, held) = await RowAsync(
            connection,
            Ends,
            [options.HoldKinds.ToArray()],
            row => (row.GetInt64(0), row.GetInt64(1), row.GetInt64(2), row.IsDBNull(3) ? long.MaxValue : row.GetInt64(3)),
            cancellationToken).ConfigureAwait(false);

        // The greatest offset that may go, by halving: neither times nor sizes need an index then.
        var (low, high) = (floor, head);
        while (low < high)
        {
            var middle = low + ((high - low + 1) / 2);
            var (last, mayGo) = await RowAsync(
                connection,
                Probe,
                [middle, options.RetainMs / 1000.0, bytes, options.RetainBytes],
                row => (row.GetInt64(0), row.GetBoolean(1)),
                cancellationToken).ConfigureAwait(false);
            if (mayGo && last <= held)
                low = Math.Max(last, middle);
            else
                high = middle - 1;
        }

        return (floor, Math.Min(low, head));
    }

    private static async Task<T> RowAsync<T>(NpgsqlConnection connection, string sql, object[] parameters, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken)
    {
        var command = Command(connection, sql, parameters);
        await using (command.ConfigureAwait(false))
        {
            var row = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (row.ConfigureAwait(false))
                return await row.ReadAsync(cancellationToken).ConfigureAwait(false) ? read(row) : default!;
        }
    }

    private static async Task<T> ScalarAsync<T>(NpgsqlConnection connection, string sql, object[] parameters, CancellationToken cancellationToken)
    {
        var command = Command(connection, sql, parameters);
        await using (command.ConfigureAwait(false))
            return (T)(await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false))!;
    }

    private static async Task<int> ExecuteAsync(NpgsqlConnection connection, string sql, object[] parameters, CancellationToken cancellationToken)
    {
        var command = Command(connection, sql, parameters);
        await using (command.ConfigureAwait(false))
            return await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    private static NpgsqlCommand Command(NpgsqlConnection connection, string sql, object[] parameters)
    {
        var command = new NpgsqlCommand(sql, connection);
        foreach (var parameter in parameters)
            command.Parameters.Add(new() { Value = parameter });

        return command;
    }
}
