using Npgsql;

namespace OpenCode.Actors.Postgres.Connections;

/// <summary>Which life the database is in (RULES E5), compared with what its head notes on each new connection before its first use.</summary>
internal static class Life
{
    // The control file's own timeline stays old for many seconds after a promotion; the name of the current WAL file does not.
    private const string Now = "SELECT system_identifier::text AS system, substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) AS line FROM pg_control_system()";

    private const string Look = $"SELECT h.generation, h.system = n.system AND h.line = n.line FROM log_head h, ({Now}) n";

    /// <summary>The number of a generation that begins now, in a statement that changes <c>log_head h</c>.</summary>
    public const string NextNumber = "greatest(h.generation + 1, (extract(epoch FROM clock_timestamp()) - 1577836800)::int)";

    // Whoever is second finds the row changed and its condition false: one life, one generation.
    private const string Begin =
        $"""
        WITH n AS ({Now}),
        begun AS (
          UPDATE log_head h SET generation = {NextNumber}, system = n.system, line = n.line FROM n
          WHERE (h.system, h.line) IS DISTINCT FROM (n.system, n.line)
          RETURNING h.generation, h.pos)
        INSERT INTO generation (number, head_before) SELECT generation, pos FROM begun
        """;

    /// <summary>Reads the generation of the database, and begins a new one where its life is new.</summary>
    /// <param name="connection">An open connection.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The generation that runs.</returns>
    public static async Task<int> GenerationAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        while (true)
        {
            var (generation, isNoted) = await LookAsync(connection, cancellationToken).ConfigureAwait(false);
            if (isNoted)
                return generation;

            var begin = new NpgsqlCommand(Begin, connection);
            await using (begin.ConfigureAwait(false))
                await begin.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task<(int Generation, bool IsNoted)> LookAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var look = new NpgsqlCommand(Look, connection);
        await using (look.ConfigureAwait(false))
        {
            var reader = await look.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
                return (reader.GetInt32(0), reader.GetBoolean(1));
            }
        }
    }
}
