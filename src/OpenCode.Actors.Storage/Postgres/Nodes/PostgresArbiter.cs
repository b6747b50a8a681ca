using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using OpenCode.Actors.Journal;
using OpenCode.Actors.Journal.Nodes;
using OpenCode.Actors.Storage.Postgres.Batches;

namespace OpenCode.Actors.Storage.Postgres.Nodes;

/// <summary>The arbiter in the tables <c>node</c> and <c>shard</c> of the database.</summary>
/// <remarks>Four connections: the heartbeat, which holds the lock of this node and is in the way of none; looks; verdicts; claims.</remarks>
public sealed partial class PostgresArbiter : IArbiter
{
    private const int ShardCount = 64;

    private readonly PostgresDatabase _database;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly RowLocks _locks;
    private readonly Heartbeat _heartbeat;
    private readonly ArbiterConnection _looks;
    private readonly ArbiterConnection _verdicts;
    private readonly ArbiterConnection _claims;
    private NodeIdentity? _me;

    /// <summary>Initializes a new instance of the <see cref="PostgresArbiter"/> class.</summary>
    /// <param name="database">The database, which is not disposed with this.</param>
    /// <param name="time">The clock of limits and heartbeats; no decision depends on it.</param>
    /// <param name="loggers">Makes loggers.</param>
    /// <param name="metrics">Counts connections that were ended because they were in the way.</param>
    public PostgresArbiter(PostgresDatabase database, TimeProvider time, ILoggerFactory? loggers = null, PostgresMetrics? metrics = null)
    {
        ArgumentNullException.ThrowIfNull(database);
        (_database, _time) = (database, time);
        _logger = (loggers ?? NullLoggerFactory.Instance).CreateLogger<PostgresArbiter>();
        _locks = new(database.Place, metrics, _logger);
        _heartbeat = new(database, _locks, time, _logger);
        _looks = new(database, static sql => sql.ExecuteAsync(NodeSql.NoSync), time);
        _verdicts = new(database, static sql => sql.ExecuteAsync(NodeSql.LockTimeout), time);
        _claims = new(database, static sql => sql.ExecuteAsync(NodeSql.LockTimeout), time);
    }

    private NodeIdentity Me => _me ?? throw new InvalidOperationException("A node is admitted before it does anything else.");

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<NodeRow>> AdmitAsync(
        NodeDescription me, Func<NodeRow, CancellationToken, ValueTask<bool>> isGone, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(me);
        if (me.ConnectionTag != _database.Tag)
            throw new ArgumentException($"The connections of this node are called '{_database.Tag}', not '{me.ConnectionTag}': they could not be found to be ended.", nameof(me));

        Admission.CheckName(me.Identity.Name);
        _me = me.Identity;
        try
        {
            await _heartbeat.BeginAsync(me.Identity, cancellationToken).ConfigureAwait(false);
            await _heartbeat.RetireAddressAsync(me.Identity, cancellationToken).ConfigureAwait(false);
            await _heartbeat.TakeTurnAsync(cancellationToken).ConfigureAwait(false);
            var living = await new Admission(_heartbeat, me, isGone, _time).RunAsync(cancellationToken).ConfigureAwait(false);
            await WarmAsync(cancellationToken).ConfigureAwait(false);
            return living;
        }
        catch
        {
            await _heartbeat.EndAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask ConfirmUpAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            switch (NodeRows.StatusOf(await _heartbeat.TryConfirmUpAsync(Me, cancellationToken).ConfigureAwait(false)))
            {
                case NodeStatus.Up:
                    return;

                case NodeStatus.Dead:
                    await _heartbeat.EndAsync().ConfigureAwait(false);
                    throw DeclaredDead();

                default:
                    // Its turn was lost with its connection. The node that had one in between has set it dead.
                    await _heartbeat.BeginAsync(Me, cancellationToken).ConfigureAwait(false);
                    await _heartbeat.TakeTurnAsync(cancellationToken).ConfigureAwait(false);
                    break;
            }
        }
    }

    /// <inheritdoc/>
    public ValueTask<NodeLook> LookAsync(long position, CancellationToken cancellationToken)
    {
        var me = Me;
        return _looks.RunAsync(
            "looking at the nodes",
            async sql =>
            {
                // What this look notes is not in what it reads.
                var rows = await sql.RowsAsync(
                    row => (Row: row.IsDBNull(0) ? null : NodeRows.Read(row), Config: row.GetInt64(NodeRows.Columns), Behind: row.GetInt64(NodeRows.Columns + 1), IsNoted: row.GetBoolean(NodeRows.Columns + 2)),
                    NodeSql.Look, me.Name, me.Uid, position).ConfigureAwait(false);
                var living = rows.Where(static r => r.Row is not null)
                    .Select(r => r.Row!.Description.Identity.IsSameLife(me) ? r.Row with { Behind = r.Behind } : r.Row!)
                    .ToArray();
                var mine = Array.Find(living, r => r.Description.Identity.IsSameLife(me));
                return new NodeLook(mine?.Status ?? NodeStatus.Dead, living, rows[0].Config) { IsNoted = rows[0].IsNoted };
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<Verdict> DeclareDeadAsync(NodeIdentity other, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(other);
        return DeclareAsync(other, DBNull.Value, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<Verdict> DeclareStaleAsync(NodeRow stale, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(stale);
        return DeclareAsync(stale.Description.Identity, stale.Looked, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask<Fence> ClaimAsync(int shard, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(shard);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(shard, ShardCount);
        var me = Me;
        var (status, token) = await RowAsync(
            _claims,
            "claiming a shard",
            static row => (NodeRows.StatusOf(Text(row, 0)), row.IsDBNull(1) ? 0 : row.GetInt64(1)),
            NodeSql.Claim,
            [me.Name, me.Uid, me.Address, shard],
            cancellationToken).ConfigureAwait(false);
        return status switch
        {
            NodeStatus.Up => new(shard, token),
            NodeStatus.Joining => throw new DeclaredDeadException($"The node '{me.Name}' is still joining: it may not claim shard {shard}. It may once it is up."),
            _ => throw DeclaredDead(),
        };
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<ShardRow>> ReadShardsAsync(CancellationToken cancellationToken) => await _verdicts.RunAsync(
        "reading the shards",
        static sql => sql.RowsAsync(NodeRows.ReadShard, NodeSql.Shards),
        cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public async ValueTask LeaveAsync(CancellationToken cancellationToken)
    {
        var me = Me;
        await _locks.RunAsync(_verdicts, "leaving", sql => sql.ExecuteAsync(NodeSql.Leave, me.Name, me.Uid), cancellationToken).ConfigureAwait(false);
        await _heartbeat.EndAsync().ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _heartbeat.DisposeAsync().ConfigureAwait(false);
        await _looks.DisposeAsync().ConfigureAwait(false);
        await _verdicts.DisposeAsync().ConfigureAwait(false);
        await _claims.DisposeAsync().ConfigureAwait(false);
    }

    private static string? Text(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private DeclaredDeadException DeclaredDead() => new($"The node '{Me.Name}' (uid {Me.Uid}) was declared dead, or has left: end this process, and start it again.");

    private async ValueTask<Verdict> DeclareAsync(NodeIdentity other, object ifLooked, CancellationToken cancellationToken)
    {
        var me = Me;
        if (other.IsSameLife(me))
            throw new ArgumentException("A node does not declare itself dead: it leaves.", nameof(other));

        var (mine, before, tag, hasDied) = await RowAsync(
            _verdicts,
            "declaring a node dead",
            static row => (NodeRows.StatusOf(Text(row, 0)), NodeRows.StatusOf(Text(row, 1)), Text(row, 2), row.GetBoolean(3)),
            NodeSql.DeclareDead,
            [me.Name, me.Uid, other.Name, other.Uid, ifLooked],
            cancellationToken).ConfigureAwait(false);
        if (mine == NodeStatus.Dead)
            return Verdict.ThisIsDead;
        if (before != NodeStatus.Dead && mine != NodeStatus.Up)
            return Verdict.NotUpYet;

        if (before != NodeStatus.Dead && !hasDied)
            return Verdict.OtherLooked;
        if (hasDied)
            LogDeclaredDead(_logger, other.Name, other.Address);

        // Also of one that was dead before: the node that said so may have ended before it came to this.
        if (tag is not null)
            await _verdicts.RunAsync("ending the connections of a dead node", sql => sql.ScalarAsync<long>(NodeSql.EndConnections, (object)new[] { tag }), cancellationToken).ConfigureAwait(false);
        return Verdict.OtherIsDead;
    }

    /// <summary>Runs a statement that gives one row.</summary>
    private ValueTask<T> RowAsync<T>(
        ArbiterConnection connection, string what, Func<NpgsqlDataReader, T> read, string sql, object[] values, CancellationToken cancellationToken) =>
        _locks.RunAsync(connection, what, async statements => (await statements.RowsAsync(read, sql, values).ConfigureAwait(false))[0], cancellationToken);

    /// <summary>Opens the connections that a fault will need: it does not wait for them then.</summary>
    private async Task WarmAsync(CancellationToken cancellationToken)
    {
        ArbiterConnection[] connections = [_looks, _verdicts, _claims];
        await Task.WhenAll(connections.Select(c => c.RunAsync("opening connections", static sql => sql.ScalarAsync<int>("SELECT 1"), cancellationToken).AsTask())).ConfigureAwait(false);
    }

    [LoggerMessage(EventId = 3043, Level = LogLevel.Warning, Message = "Declared the node {Name} at {Address} dead. It writes nothing more, and its sessions go on elsewhere.")]
    private static partial void LogDeclaredDead(ILogger logger, string name, string address);
}
