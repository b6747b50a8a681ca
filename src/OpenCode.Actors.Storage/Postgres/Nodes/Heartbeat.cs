using Microsoft.Extensions.Logging;
using Npgsql;
using OpenCode.Actors.Journal.Nodes;
using OpenCode.Actors.Storage.Postgres.Connections;

namespace OpenCode.Actors.Storage.Postgres.Nodes;

/// <summary>
/// The connection that holds this node's lock and, while it joins, the turn to join (rule "One joiner at a time"). It is pinged each second; the server ends it after 5 s of
/// silence, so a frozen node holds neither for longer.
/// </summary>
internal sealed partial class Heartbeat : IJoinTurn, IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly ArbiterConnection _connection;
    private readonly RowLocks _locks;
    private readonly ILogger _logger;
    private readonly ITimer _timer;
    private NodeIdentity? _me;
    private long _lockedOn;
    private long _turnOn;
    private int _beating;

    public Heartbeat(PostgresDatabase database, RowLocks locks, TimeProvider time, ILogger logger)
    {
        (_locks, _logger) = (locks, logger);
        _connection = new(database, PrepareAsync, time);
        _timer = time.CreateTimer(_ => _ = BeatAsync(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Takes the lock of a node, and keeps it or takes it again from now on.</summary>
    public async ValueTask BeginAsync(NodeIdentity me, CancellationToken cancellationToken)
    {
        if (_me is { } before && !before.IsSameLife(me))
            await EndAsync().ConfigureAwait(false);

        _me = me;
        await _connection.RunAsync("taking the lock of this node", LockAsync, cancellationToken).ConfigureAwait(false);
        _timer.Change(Interval, Interval);
    }

    /// <summary>Sets rows with this node's own address dead, before it waits for its turn: a joiner that has the turn would find this process answering there.</summary>
    public ValueTask<int> RetireAddressAsync(NodeIdentity me, CancellationToken cancellationToken) => _locks.RunAsync(
        _connection, "setting earlier lives of this node dead", sql => sql.ExecuteAsync(NodeSql.RetireAddress, me.Address, me.Name, me.Uid), cancellationToken);

    /// <summary>Takes the turn to join, waiting for the joiners before.</summary>
    public async ValueTask TakeTurnAsync(CancellationToken cancellationToken)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                await _connection.RunAsync("waiting for the turn to join", TakeAsync, cancellationToken).ConfigureAwait(false);
                return;
            }
            catch (PostgresException e) when (ArbiterConnection.IsLocked(e))
            {
                if (tries == 1)
                    LogWaits(_logger);
                if (await _connection.RunAsync("ending a silent joiner", static sql => sql.ScalarAsync<bool>(NodeSql.EndSilentTurn), cancellationToken).ConfigureAwait(false))
                    LogSilent(_logger);
            }
        }
    }

    /// <summary>Sets this node up if it has the turn, and ends that then.</summary>
    /// <returns>The status of the row; null for none. Joining, and nothing was done, without the turn.</returns>
    public ValueTask<string?> TryConfirmUpAsync(NodeIdentity me, CancellationToken cancellationToken) => _locks.RunAsync(
        _connection,
        "saying that this node is up",
        async sql =>
        {
            if (sql.Number != _turnOn)
                return await sql.ScalarAsync<string>(NodeSql.Status, me.Name, me.Uid).ConfigureAwait(false);

            await sql.ExecuteAsync(NodeSql.Up, me.Name, me.Uid).ConfigureAwait(false);
            var status = await sql.ScalarAsync<string>(NodeSql.Status, me.Name, me.Uid).ConfigureAwait(false);
            await sql.ScalarAsync<bool>(NodeSql.UnlockTurn).ConfigureAwait(false);
            _turnOn = 0;
            return status;
        },
        cancellationToken);

    /// <summary>Ends the connection with what it holds, until <see cref="BeginAsync"/>.</summary>
    public ValueTask EndAsync()
    {
        _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _me = null;
        return _connection.EndAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _timer.DisposeAsync().ConfigureAwait(false);
        await _connection.DisposeAsync().ConfigureAwait(false);
    }

    public ValueTask<FoundCluster> ReadAsync(CancellationToken cancellationToken) => _connection.RunAsync(
        "reading the nodes that live",
        async sql =>
        {
            CheckTurn(sql);
            var location = await sql.ScalarAsync<string>(NodeSql.Location).ConfigureAwait(false);
            return new FoundCluster(location, await sql.RowsAsync(static row => new FoundNode(NodeRows.Read(row), row.GetBoolean(NodeRows.Columns)), NodeSql.Living).ConfigureAwait(false));
        },
        cancellationToken);

    public ValueTask<bool> TryEnterAsync(NodeDescription me, IReadOnlyList<NodeRow> lost, IReadOnlyList<NodeRow> gone, CancellationToken cancellationToken) => _locks.RunAsync(
        _connection,
        "joining",
        async sql =>
        {
            CheckTurn(sql);
            var (identity, tags) = (me.Identity, lost.Concat(gone).Select(static r => r.Description.ConnectionTag).ToArray());
            var (isFree, isEntered) = (await sql.RowsAsync(
                static row => (row.GetBoolean(0), row.GetBoolean(1)),
                NodeSql.Enter,
                identity.Name, identity.Uid, identity.Address, me.Protocol, me.Version, me.Location, me.ConnectionTag,
                NamesOf(lost), UidsOf(lost), NamesOf(gone), UidsOf(gone)).ConfigureAwait(false))[0];
            if (isFree && !isEntered)
                throw new DeclaredDeadException($"The row of the node '{identity.Name}' with this uid is not that of a joiner any more. Start the node anew: it joins with another uid.");
            if (!isFree)
                return false;

            if (tags.Length > 0)
                await sql.ScalarAsync<long>(NodeSql.EndConnections, (object)tags).ConfigureAwait(false);
            await sql.ExecuteAsync(NodeSql.Forget, identity.Name).ConfigureAwait(false);
            return true;
        },
        cancellationToken);

    private static string[] NamesOf(IReadOnlyList<NodeRow> rows) => [.. rows.Select(static r => r.Description.Identity.Name)];

    private static long[] UidsOf(IReadOnlyList<NodeRow> rows) => [.. rows.Select(static r => r.Description.Identity.Uid)];

    private void CheckTurn(Statements sql)
    {
        if (sql.Number != _turnOn)
            throw new ArbiterAwayException("The connection to the database broke while this node joined, and its turn to join is lost with it.");
    }

    private async Task PrepareAsync(Statements sql)
    {
        await sql.ExecuteAsync(NodeSql.LockTimeout).ConfigureAwait(false);
        await sql.ExecuteAsync(NodeSql.IdleTimeout).ConfigureAwait(false);
    }

    private async Task<bool> LockAsync(Statements sql)
    {
        // After a loss of the connection the server may think for seconds that the old one still has it.
        if (_lockedOn != sql.Number && _me is { } me && await sql.ScalarAsync<bool>(NodeSql.TryLockNode, me.Name, me.Uid).ConfigureAwait(false))
            _lockedOn = sql.Number;

        return _lockedOn == sql.Number;
    }

    // Held once, or it would have to be let go as often.
    private async Task<bool> TakeAsync(Statements sql)
    {
        await LockAsync(sql).ConfigureAwait(false);
        if (_turnOn != sql.Number)
            await sql.ExecuteAsync(NodeSql.LockTurn).ConfigureAwait(false);

        _turnOn = sql.Number;
        return true;
    }

    private async Task BeatAsync()
    {
        if (Interlocked.Exchange(ref _beating, 1) != 0)
            return;

        try
        {
            await _connection.RunAsync("the heartbeat", async sql => await LockAsync(sql).ConfigureAwait(false) ? await sql.ScalarAsync<int>("SELECT 1").ConfigureAwait(false) : 0, CancellationToken.None)
                .ConfigureAwait(false);
        }
        catch (Exception e) when (e is ArbiterAwayException or ObjectDisposedException or PostgresException)
        {
            LogBeatFailed(_logger, e);
        }
        finally
        {
            Volatile.Write(ref _beating, 0);
        }
    }

    [LoggerMessage(EventId = 3040, Level = LogLevel.Information, Message = "Another node is joining; this one waits for its turn. A joiner that says nothing for 5 s loses it.")]
    private static partial void LogWaits(ILogger logger);

    [LoggerMessage(EventId = 3041, Level = LogLevel.Warning, Message = "Ended the connection of a joiner that had its turn and said nothing for 5 s.")]
    private static partial void LogSilent(ILogger logger);

    [LoggerMessage(EventId = 3042, Level = LogLevel.Debug, Message = "The heartbeat was not answered; the next one makes another connection and takes this node's lock again.")]
    private static partial void LogBeatFailed(ILogger logger, Exception cause);
}
