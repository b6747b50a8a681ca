using Npgsql;
using OpenCode.Actors.Journal.Nodes;
using OpenCode.Actors.Storage.Postgres.Connections;
using OpenCode.Actors.Storage.Postgres.Schema;

namespace OpenCode.Actors.Storage.Postgres.Nodes;

/// <summary>Reads a cluster without being a part of it. Changes nothing, the schema neither.</summary>
public static class PostgresClusterView
{
    // The first version with these tables.
    private const int LeastVersion = 4;

    /// <summary>Reads the rows of nodes and shards.</summary>
    /// <param name="connectionString">A connection string, as that of the nodes.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The rows, with which nodes hold their lock.</returns>
    /// <exception cref="DatabaseRefusedException">Connection string or role have to be changed, or there is no cluster of this version in the database.</exception>
    /// <exception cref="DatabaseUnreachableException">It does not answer, or not now.</exception>
    public static async Task<ClusterRows> ReadAsync(string connectionString, CancellationToken cancellationToken)
    {
        var settings = ConnectionSettings.Parse(connectionString, "oc-status");
        try
        {
            var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(settings.ConnectionString) { Pooling = false }.ConnectionString);
            await using (connection.ConfigureAwait(false))
            {
                await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
                if (await Migrator.VersionAsync(connection, settings.Schema, cancellationToken).ConfigureAwait(false) is < LeastVersion and var version)
                {
                    throw new DatabaseRefusedException(
                        $"The database {settings.Place} has no cluster of this release in its schema {settings.Schema} (version {version}, needed {LeastVersion}). Name the database of the nodes, or start the first one.");
                }

                var sql = new Statements(connection, cancellationToken);
                var nodes = await sql.RowsAsync(static row => (Row: NodeRows.Read(row), HasLock: row.GetBoolean(NodeRows.Columns)), NodeSql.Living).ConfigureAwait(false);
                var shards = await sql.RowsAsync(NodeRows.ReadShard, NodeSql.Shards).ConfigureAwait(false);
                return new ClusterRows([.. nodes.Select(static node => node.Row)], shards, [.. nodes.Where(static node => !node.HasLock).Select(static node => node.Row.Description.Identity)]);
            }
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            throw DatabaseFaults.Explain(e, settings.Place);
        }
    }
}
