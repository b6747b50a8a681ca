using System.Globalization;
using Npgsql;
using OpenCode.Actors.Journal.Stores;
using OpenCode.Actors.Storage.Postgres.Connections;

namespace OpenCode.Actors.Storage.Postgres.Batches;

/// <summary>Notifications of one connection.</summary>
internal sealed class PostgresHints : IStoreHints
{
    public const string Channel = "oc_log";

    private readonly NpgsqlConnection _connection;
    private long _head;

    private PostgresHints(NpgsqlConnection connection)
    {
        _connection = connection;
        _connection.Notification += (_, notified) =>
        {
            if (long.TryParse(notified.Payload, CultureInfo.InvariantCulture, out var head))
                _head = Math.Max(_head, head);
        };
    }

    public static async ValueTask<IStoreHints> ListenAsync(PostgresDatabase database, CancellationToken cancellationToken)
    {
        try
        {
            var connection = await database.ConnectAsync(cancellationToken).ConfigureAwait(false);
            var hints = new PostgresHints(connection);
            try
            {
                await hints.ResumeAsync(cancellationToken).ConfigureAwait(false);
                return hints;
            }
            catch
            {
                await hints.DisposeAsync().ConfigureAwait(false);
                throw;
            }
        }
        catch (Exception e) when (StoreFaults.IsKnown(e))
        {
            throw StoreFaults.Translate(e);
        }
    }

    public async ValueTask<long> NextAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _connection.WaitAsync(cancellationToken).ConfigureAwait(false);
            return _head;
        }
        catch (Exception e) when (StoreFaults.IsKnown(e))
        {
            throw StoreFaults.Translate(e);
        }
    }

    public ValueTask PauseAsync(CancellationToken cancellationToken) => ExecuteAsync($"UNLISTEN {Channel}", cancellationToken);

    public ValueTask ResumeAsync(CancellationToken cancellationToken) => ExecuteAsync($"LISTEN {Channel}", cancellationToken);

    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    private async ValueTask ExecuteAsync(string sql, CancellationToken cancellationToken)
    {
        try
        {
            await new Statements(_connection, cancellationToken).ExecuteAsync(sql).ConfigureAwait(false);
        }
        catch (Exception e) when (StoreFaults.IsKnown(e))
        {
            throw StoreFaults.Translate(e);
        }
    }
}
