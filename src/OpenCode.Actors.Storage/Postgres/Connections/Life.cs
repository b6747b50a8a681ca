using Npgsql;

namespace OpenCode.Actors.Storage.Postgres.Connections;

/// <summary>
/// Which life the database is in (rule "Life of the database") and which run of it, compared with what its head notes on each new connection before its first use. Whatever is written after
/// a restore is of a new generation that way, since nothing is restored under a connection (rule "Good cursor").
/// </summary>
/// <param name="Generation">The generation that runs.</param>
/// <param name="Name">The life: a promotion or a recovery to a point in time begins another, a plain start does not.</param>
internal sealed record Life(long Generation, string Name)
{
    // The control file's own timeline stays old for many seconds after a promotion; the name of the current WAL file does not.
    // Of a restored disk only the start of the server tells; of a dump that was read back under a running server, or of a copy of the database, the file of a table.
    private const string Now =
        """
        SELECT system_identifier::text AS system, CASE WHEN NOT pg_is_in_recovery() THEN substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) END AS line,
          concat_ws('/', extract(epoch FROM pg_postmaster_start_time()), (SELECT oid FROM pg_database WHERE datname = current_database()), pg_relation_filenode('log_head')) AS run
        FROM pg_control_system()
        """;

    private const string Look = $"SELECT h.generation, concat_ws('/', n.system, n.line), (h.system, h.line, h.run) = (n.system, n.line, n.run), n.line IS NULL FROM log_head h, ({Now}) n";

    /// <summary>The number of a generation that begins now, in a statement that changes <c>log_head h</c>: as <c>Generation.NextNumber</c>, by the clock of the database.</summary>
    public const string NextNumber = "greatest(h.generation + 1, (extract(epoch FROM clock_timestamp()) * 1000)::bigint - 1577836800000)";

    // The second of two finds the row changed and its condition false: one life, one generation.
    private const string Begin =
        $"""
        WITH n AS ({Now}),
        begun AS (
          UPDATE log_head h SET generation = {NextNumber}, system = n.system, line = n.line, run = n.run FROM n
          WHERE (h.system, h.line, h.run) IS DISTINCT FROM (n.system, n.line, n.run)
          RETURNING h.generation, h.pos)
        INSERT INTO generation (number, head_before) SELECT generation, pos FROM begun
        """;

    /// <summary>Reads which life it is, and begins a generation where that or its run is new.</summary>
    /// <param name="connection">An open connection.</param>
    /// <param name="place">Where it leads, for messages.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="DatabaseUnreachableException">It leads to a standby.</exception>
    public static async Task<Life> ReadAsync(NpgsqlConnection connection, string place, CancellationToken cancellationToken)
    {
        var statements = new Statements(connection, cancellationToken);
        while (true)
        {
            var (life, isNoted) = (await statements.RowsAsync(
                row => row.GetBoolean(3) ? throw DatabaseFaults.Standby(place) : (new Life(row.GetInt64(0), row.GetString(1)), row.GetBoolean(2)), Look).ConfigureAwait(false))[0];
            if (isNoted)
                return life;

            await statements.ExecuteAsync(Begin).ConfigureAwait(false);
        }
    }
}
