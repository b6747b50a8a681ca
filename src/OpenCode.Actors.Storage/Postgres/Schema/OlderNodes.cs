using Npgsql;
using OpenCode.Actors.Storage.Postgres.Connections;

namespace OpenCode.Actors.Storage.Postgres.Schema;

/// <summary>Nodes of the protocol before version 4 of the schema. They declare unknown nodes dead, so their schema is not changed while one of them lives (rule "No mixed protocols").</summary>
internal static class OlderNodes
{
    /// <summary>The first version that they do not know.</summary>
    public const int GoneSince = 4;

    // One lives while its lock is held or a connection of its is open. A key of 64 bits is in pg_locks as two halves.
    private const string Living =
        """
        SELECT DISTINCT n.name, n.url FROM node n
        WHERE n.status <> 'dead' AND (
          EXISTS (SELECT FROM pg_stat_activity a WHERE a.application_name = n.tag AND a.datname = current_database() AND a.pid <> pg_backend_pid())
          OR EXISTS (
            SELECT FROM pg_locks l
            WHERE l.locktype = 'advisory' AND l.objsubid = 1 AND l.granted AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
              AND ((l.classid::bigint << 32) | l.objid::bigint) = hashtextextended(current_schema() || '/' || n.name || '/' || n.inc, 0)))
        ORDER BY 1
        """;

    /// <summary>Refuses to go on while one of them lives.</summary>
    /// <param name="connection">An open connection, with the search path at the schema.</param>
    /// <param name="schema">The schema.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="DatabaseRefusedException">One lives.</exception>
    public static async Task RefuseLivingAsync(NpgsqlConnection connection, string schema, CancellationToken cancellationToken)
    {
        var names = await new Statements(connection, cancellationToken).RowsAsync(static row => $"'{row.GetString(0)}' ({row.GetString(1)})", Living).ConfigureAwait(false);
        if (names.Count > 0)
        {
            throw new DatabaseRefusedException(
                $"Nodes of an older version still run on the schema '{schema}': {string.Join(", ", names)}. They cannot run together with this version, and nothing was changed. "
                + "Stop all of them, then start this one again: it updates the schema.");
        }
    }
}
