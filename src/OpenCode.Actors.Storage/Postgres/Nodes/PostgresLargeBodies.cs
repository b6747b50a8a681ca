using OpenCode.Actors.Journal.Nodes;

namespace OpenCode.Actors.Storage.Postgres.Nodes;

/// <summary>Large bodies in the table <c>large_body</c>. The statement that appends deletes those that its batch has used, retention what is left.</summary>
/// <param name="database">The database.</param>
public sealed class PostgresLargeBodies(PostgresDatabase database) : ILargeBodies
{
    private const string Put =
        "INSERT INTO large_body (key, body) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET body = excluded.body, at = clock_timestamp()";

    /// <inheritdoc/>
    public async ValueTask PutAsync(string key, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        await database.RunAsync("storing a large body", sql => sql.ExecuteAsync(Put, key, body), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<ReadOnlyMemory<byte>?> ReadAsync(string key, CancellationToken cancellationToken)
    {
        var body = await database.RunAsync("reading a large body", sql => sql.ScalarAsync<byte[]>("SELECT body FROM large_body WHERE key = $1", key), cancellationToken).ConfigureAwait(false);
        return body is null ? (ReadOnlyMemory<byte>?)null : body;
    }
}
