using Npgsql;

namespace OpenCode.Actors.Storage.Postgres.Connections;

/// <summary>Runs single statements on an open connection, for one call.</summary>
/// <param name="connection">The connection.</param>
/// <param name="number">Which connection it is.</param>
/// <param name="cancellationToken">Gives up.</param>
internal sealed class Statements(NpgsqlConnection connection, long number, CancellationToken cancellationToken)
{
    public Statements(NpgsqlConnection connection, CancellationToken cancellationToken)
        : this(connection, 0, cancellationToken)
    {
    }

    /// <summary>Gets which connection it is: another number for each one. What a connection holds is gone with it.</summary>
    public long Number => number;

    public async Task<int> ExecuteAsync(string sql, params object[] values)
    {
        var command = Make(sql, values);
        await using (command.ConfigureAwait(false))
            return await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads the first column of the first row; the default where it is null or there is none.</summary>
    public async Task<T?> ScalarAsync<T>(string sql, params object[] values)
    {
        var command = Make(sql, values);
        await using (command.ConfigureAwait(false))
            return await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) is T value ? value : default;
    }

    public async Task<List<T>> RowsAsync<T>(Func<NpgsqlDataReader, T> read, string sql, params object[] values)
    {
        var command = Make(sql, values);
        await using (command.ConfigureAwait(false))
        {
            var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                var rows = new List<T>();
                while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                    rows.Add(read(reader));
                return rows;
            }
        }
    }

    private NpgsqlCommand Make(string sql, object[] values)
    {
        var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values)
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        return command;
    }
}
