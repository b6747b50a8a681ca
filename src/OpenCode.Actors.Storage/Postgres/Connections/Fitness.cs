using Npgsql;

namespace OpenCode.Actors.Storage.Postgres.Connections;

/// <summary>Looks at the first connection of a process whether the database behind it can keep what the journal promises.</summary>
internal static class Fitness
{
    private const int LeastVersion = 15;

    private const string Question =
        "SELECT pg_is_in_recovery(), current_setting('server_encoding'), current_setting('synchronous_commit'), current_setting('server_version_num')::int / 10000, pg_backend_pid()";

    /// <summary>Looks.</summary>
    /// <param name="connection">An open connection.</param>
    /// <param name="settings">Makes a second connection, where a proxy has to be distinguished from a plain server.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="DatabaseException">It cannot.</exception>
    public static async Task CheckAsync(NpgsqlConnection connection, ConnectionSettings settings, CancellationToken cancellationToken)
    {
        var process = (await new Statements(connection, cancellationToken).RowsAsync(row => Check(row, settings.Place), Question).ConfigureAwait(false))[0];

        // Only a proxy answers with a process of its own.
        if (process != connection.ProcessID && await IsSharedAsync(connection, settings, cancellationToken).ConfigureAwait(false))
            throw DatabaseFaults.Pooled(settings.Place, "two transactions of one connection were served by two processes");
    }

    /// <summary>Refuses what is unfit; gives the process of the server behind the connection.</summary>
    private static int Check(NpgsqlDataReader row, string place)
    {
        if (row.GetBoolean(0))
            throw DatabaseFaults.Standby(place);

        if (row.GetString(1) != "UTF8")
            throw new DatabaseRefusedException($"The database at {place} has the encoding {row.GetString(1)}. Create it anew with ENCODING 'UTF8'.");

        if (row.GetString(2) is not ("on" or "remote_apply"))
        {
            throw new DatabaseRefusedException(
                $"Connections to {place} have synchronous_commit = {row.GetString(2)}, which loses acknowledged events in a crash. Let it be 'on' for this role.");
        }

        return row.GetInt32(3) >= LeastVersion
            ? row.GetInt32(4)
            : throw new DatabaseRefusedException($"{place} is PostgreSQL {row.GetInt32(3)}; version {LeastVersion} or later is needed.");
    }

    /// <summary>Has two connections hold a transaction at the same time, in both orders: where they are lent for a transaction, one gets the other's process then.</summary>
    private static async Task<bool> IsSharedAsync(NpgsqlConnection first, ConnectionSettings settings, CancellationToken cancellationToken)
    {
        var second = new NpgsqlConnection(settings.ConnectionString);
        await using (second.ConfigureAwait(false))
        {
            await second.OpenAsync(cancellationToken).ConfigureAwait(false);
            var own = await ProcessOfTransactionsAsync(first, second, cancellationToken).ConfigureAwait(false);
            var after = await ProcessOfTransactionsAsync(first, second, cancellationToken).ConfigureAwait(false);
            var reversed = await ProcessOfTransactionsAsync(second, first, cancellationToken).ConfigureAwait(false);
            return own != after || (own.Second, own.First) != reversed;
        }
    }

    private static async Task<(int First, int Second)> ProcessOfTransactionsAsync(NpgsqlConnection first, NpgsqlConnection second, CancellationToken cancellationToken)
    {
        var outer = await first.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        await using (outer.ConfigureAwait(false))
        {
            var ofFirst = await ProcessAsync(first, cancellationToken).ConfigureAwait(false);
            var inner = await second.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
            await using (inner.ConfigureAwait(false))
            {
                var ofSecond = await ProcessAsync(second, cancellationToken).ConfigureAwait(false);
                await outer.CommitAsync(cancellationToken).ConfigureAwait(false);
                await inner.CommitAsync(cancellationToken).ConfigureAwait(false);
                return (ofFirst, ofSecond);
            }
        }
    }

    private static Task<int> ProcessAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        new Statements(connection, cancellationToken).ScalarAsync<int>("SELECT pg_backend_pid()");
}
