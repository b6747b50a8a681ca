using System.Text;
using OpenCode.Actors.Journal.Nodes;

namespace OpenCode.Actors.Storage.Postgres.Nodes;

/// <summary>The config of the cluster in the one row of the table <c>config</c>.</summary>
/// <param name="database">The database.</param>
public sealed class PostgresSharedConfig(PostgresDatabase database) : ISharedConfig
{
    private const string Replace = "UPDATE config SET version = version + 1, json = $2 WHERE version = $1 RETURNING version";

    /// <inheritdoc/>
    public async ValueTask<StoredConfig> ReadAsync(CancellationToken cancellationToken) => (await database.RunAsync(
        "reading the config",
        static sql => sql.RowsAsync(static row => new StoredConfig(row.GetInt64(0), Encoding.UTF8.GetBytes(row.GetString(1))), "SELECT version, json FROM config"),
        cancellationToken).ConfigureAwait(false))[0];

    /// <inheritdoc/>
    public async ValueTask<long?> TryReplaceAsync(long expected, ReadOnlyMemory<byte> json, CancellationToken cancellationToken)
    {
        var version = await database.RunAsync(
            "storing the config", sql => sql.ScalarAsync<long>(Replace, expected, Encoding.UTF8.GetString(json.Span)), cancellationToken).ConfigureAwait(false);
        return version == 0 ? null : version;
    }
}
