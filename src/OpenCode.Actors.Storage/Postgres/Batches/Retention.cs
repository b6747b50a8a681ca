using System.Data;
using Npgsql;
using OpenCode.Actors.Journal;
using OpenCode.Actors.Storage.Postgres.Connections;

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
        var statements = new Statements(connection, cancellationToken);
        if (!await statements.ScalarAsync<bool>($"SELECT pg_try_advisory_lock({LockClass}, hashtext(current_schema()))").ConfigureAwait(false))
            return;

        try
        {
            var (floor, target) = await FindAsync(statements, options).ConfigureAwait(false);
            if (target > floor)
                await statements.ExecuteAsync("UPDATE log_floor SET floor = greatest(floor, $1)", target).ConfigureAwait(false);
            while (await statements.ExecuteAsync(Delete, Math.Max(floor, target)).ConfigureAwait(false) > 0)
            {
                // In short transactions: a long one would keep the dead versions of all other rows.
            }

            await statements.ExecuteAsync(DeleteGenerations, Math.Max(floor, target)).ConfigureAwait(false);
            await statements.ExecuteAsync(DeleteWriters).ConfigureAwait(false);
            await statements.ExecuteAsync(DeleteBodies).ConfigureAwait(false);
        }
        finally
        {
            // A connection that broke has taken the lock with it, and its fault is what is reported.
            if (connection.FullState == ConnectionState.Open)
                await new Statements(connection, CancellationToken.None).ExecuteAsync($"SELECT pg_advisory_unlock({LockClass}, hashtext(current_schema()))").ConfigureAwait(false);
        }
    }

    private static async Task<(long Floor, long Target)> FindAsync(Statements statements, JournalOptions options)
    {
        var (head, bytes, floor, held) = (await statements.RowsAsync(
            row => (row.GetInt64(0), row.GetInt64(1), row.GetInt64(2), row.IsDBNull(3) ? long.MaxValue : row.GetInt64(3)),
            Ends,
            (object)options.HoldKinds.ToArray()).ConfigureAwait(false))[0];

        // The greatest offset that may go, by halving: neither times nor sizes need an index then.
        var (low, high) = (floor, head);
        while (low < high)
        {
            var middle = low + ((high - low + 1) / 2);
            var (last, mayGo) = (await statements.RowsAsync(
                row => (row.GetInt64(0), row.GetBoolean(1)), Probe, middle, options.RetainMs / 1000.0, bytes, options.RetainBytes).ConfigureAwait(false)).FirstOrDefault();
            if (mayGo && last <= held)
                low = Math.Max(last, middle);
            else
                high = middle - 1;
        }

        return (floor, Math.Min(low, head));
    }
}
