using Npgsql;

namespace OpenCode.Actors.Postgres.Membership;

/// <summary>Runs single statements on an open connection, for one call.</summary>
internal sealed class Statements(NpgsqlConnection connection, CancellationToken cancellationToken)
{
    // Longer than any lock is waited for, shorter than a lease: a renewal that hangs makes room for the next.
    private const int LimitSeconds = 3;

    public async Task<int> ExecuteAsync(string sql, params object[] values)
    {
        var command = Make(sql, values);
        await using (command.ConfigureAwait(false))
            return await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    public async Task<T> ScalarAsync<T>(string sql, params object[] values)
    {
        var command = Make(sql, values);
        await using (command.ConfigureAwait(false))
            return (T)(await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false))!;
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

    /// <summary>Runs work in one transaction: all of it, or nothing where it throws or returns the default.</summary>
    public async Task<T> TransactAsync<T>(Func<Task<T>> work)
    {
        var transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        await using (transaction.ConfigureAwait(false))
        {
            var result = await work().ConfigureAwait(false);
            if (!EqualityComparer<T>.Default.Equals(result, default))
                await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
            return result;
        }
    }

    /// <summary>Has the texts of notifications from now on, for as long as the connection lives.</summary>
    public void OnNotification(Action<string> told) => connection.Notification += (_, notification) => told(notification.Payload);

    /// <summary>Waits for a notification.</summary>
    public Task WaitAsync() => connection.WaitAsync(cancellationToken);

    private NpgsqlCommand Make(string sql, object[] values)
    {
        var command = new NpgsqlCommand(sql, connection) { CommandTimeout = LimitSeconds };
        foreach (var value in values)
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        return command;
    }
}
