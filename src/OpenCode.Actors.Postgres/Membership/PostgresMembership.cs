using System.Collections.Concurrent;
using Npgsql;
using OpenCode.Actors.Clustering;

namespace OpenCode.Actors.Postgres.Membership;

/// <summary>Membership in the tables <c>node</c> and <c>shard</c>.</summary>
/// <remarks>
/// Four connections: the heartbeat, which holds the advisory lock and is on nobody's way; the looks; the hints; and one for everything that may wait for a lock.
/// A lock that is not had within the time limit of the session is tried for again.
/// </remarks>
/// <param name="database">The database, which is not closed with this.</param>
/// <param name="tail">Tells up to which position this node has read the log, for <see cref="ReadLagsAsync"/>.</param>
public sealed class PostgresMembership(PostgresDatabase database, Func<long>? tail = null) : IMembership
{
    private readonly Session _heartbeat = new(database);
    private readonly Session _looks = new(database);
    private readonly Session _hints = new(database);
    private readonly Session _work = new(database);
    private readonly CancellationTokenSource _ended = new();
    private readonly ConcurrentQueue<string> _told = new();
    private long _listening;

    /// <inheritdoc/>
    public async ValueTask<Member> JoinAsync(NodeDescription node, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(node);

        // The lock of the life before must not be taken for somebody else's.
        await _heartbeat.EndAsync().ConfigureAwait(false);
        return await _heartbeat.RunAsync("joining", async sql =>
        {
            var incarnation = await sql.TransactAsync(() => InsertAsync(sql, node)).ConfigureAwait(false);
            _heartbeat.IsLocked = await sql.ScalarAsync<bool>(MembershipSql.TryLock, node.Name, incarnation).ConfigureAwait(false);
            await sql.TransactAsync(async () =>
            {
                await sql.ExecuteAsync(MembershipSql.Up, node.Name, incarnation).ConfigureAwait(false);
                await sql.ExecuteAsync(MembershipSql.Forget, node.Name, incarnation).ConfigureAwait(false);
                await AssignAsync(sql).ConfigureAwait(false);
                return true;
            }).ConfigureAwait(false);
            return new Member(node.Name, incarnation, MemberStatus.Up, 0, node.Url, node.Tag);
        }, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask<bool> RenewAsync(Member self, CancellationToken cancellationToken) => _heartbeat.RunAsync("renewing the lease", async sql =>
    {
        if (await sql.ExecuteAsync(MembershipSql.Renew, self.Name, self.Incarnation, tail is null ? DBNull.Value : tail()).ConfigureAwait(false) == 0)
            return false;

        // After a loss of the connection the server may think for seconds that the old one still has it.
        if (!_heartbeat.IsLocked)
            _heartbeat.IsLocked = await sql.ScalarAsync<bool>(MembershipSql.TryLock, self.Name, self.Incarnation).ConfigureAwait(false);
        return true;
    }, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<ClusterLook> LookAsync(CancellationToken cancellationToken) => _looks.RunAsync("looking at the members", async sql =>
    {
        var life = await sql.ScalarAsync<string>(MembershipSql.Life).ConfigureAwait(false);
        var living = await sql.RowsAsync(Living.Read, MembershipSql.Living).ConfigureAwait(false);
        var shards = await sql.RowsAsync(ReadShard, MembershipSql.Shards).ConfigureAwait(false);
        return new ClusterLook(_looks.Number, life, [.. living.Select(static row => new SeenMember(row.Member, row.IsLockHeld))], shards);
    }, cancellationToken);

    /// <summary>Reads how many events each living member had not read yet when it last renewed its lease. A member that did not say is left out.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>By name and incarnation.</returns>
    public async ValueTask<IReadOnlyDictionary<(string Name, long Incarnation), long>> ReadLagsAsync(CancellationToken cancellationToken)
    {
        var rows = await _looks.RunAsync(
            "looking how far the members are",
            static sql => sql.RowsAsync(static row => (Member: (row.GetString(0), row.GetInt64(1)), Lag: row.GetInt64(2)), MembershipSql.Lags),
            cancellationToken).ConfigureAwait(false);
        return rows.ToDictionary(static row => row.Member, static row => row.Lag);
    }

    /// <inheritdoc/>
    public ValueTask<bool> DeclareDeadAsync(Member member, CancellationToken cancellationToken) => WorkAsync("declaring a member dead", async sql =>
    {
        if (!await sql.ScalarAsync<bool>(MembershipSql.IsStill, member.Name, member.Incarnation, member.Beat).ConfigureAwait(false))
            return false;
        await sql.ScalarAsync<long>(MembershipSql.Terminate, member.Tag).ConfigureAwait(false);
        return await sql.TransactAsync(async () =>
        {
            if (await sql.ExecuteAsync(MembershipSql.Die, member.Name, member.Incarnation, member.Beat).ConfigureAwait(false) == 0)
                return false;
            await AssignAsync(sql).ConfigureAwait(false);
            return true;
        }).ConfigureAwait(false);
    }, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<int> AssignOrphansAsync(CancellationToken cancellationToken) => WorkAsync("assigning shards without an owner", sql =>
        sql.TransactAsync(() => AssignAsync(sql)), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<bool> BeginLeaveAsync(Member self, CancellationToken cancellationToken) => WorkAsync("saying that this node leaves", sql =>
        sql.TransactAsync(async () =>
        {
            var isMember = await sql.ExecuteAsync(MembershipSql.BeginLeave, self.Name, self.Incarnation).ConfigureAwait(false) > 0;
            await sql.ExecuteAsync(MembershipSql.Hint, HintText.Write([], isMore: true)).ConfigureAwait(false);
            return isMember;
        }), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<int>> GiveAsync(Member self, IReadOnlyList<Handover> handovers, CancellationToken cancellationToken) =>
        WorkAsync<IReadOnlyList<int>>("giving shards away", async sql => await sql.RowsAsync(static row => row.GetInt32(0),
            MembershipSql.Give,
            self.Name,
            self.Incarnation,
            handovers.Select(static handover => handover.Fence.Shard).ToArray(),
            handovers.Select(static handover => handover.Fence.Token).ToArray(),
            handovers.Select(static handover => handover.Target.Name).ToArray(),
            handovers.Select(static handover => handover.Target.Incarnation).ToArray(),
            handovers.Select(static handover => handover.WrittenThrough).ToArray()).ConfigureAwait(false), cancellationToken);

    /// <inheritdoc/>
    public async ValueTask LeaveAsync(Member self, CancellationToken cancellationToken)
    {
        await WorkAsync("leaving", sql => sql.TransactAsync(async () =>
        {
            await sql.ExecuteAsync(MembershipSql.DieByOwnWish, self.Name, self.Incarnation).ConfigureAwait(false);
            await AssignAsync(sql).ConfigureAwait(false);
            return true;
        }), cancellationToken).ConfigureAwait(false);
        await _heartbeat.EndAsync().ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<ClusterHint> WaitForHintAsync(CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(_ended.Token, cancellationToken);
        return await _hints.RunAsync("waiting for news of the members", WaitAsync, either.Token).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_ended.IsCancellationRequested)
            return;
        await _ended.CancelAsync().ConfigureAwait(false);
        foreach (var session in (Session[])[_heartbeat, _looks, _hints, _work])
        {
            await session.EndAsync().ConfigureAwait(false);
            session.Dispose();
        }

        _ended.Dispose();
    }

    /// <summary>
    /// Between two uses this connection is idle for minutes, and a restart of the database may have ended it: on a new one it is done again, which does no harm where it was
    /// done already.
    /// </summary>
    private async ValueTask<T> WorkAsync<T>(string what, Func<Statements, Task<T>> work, CancellationToken cancellationToken)
    {
        var kept = _work.Number;
        try
        {
            return await _work.RunAsync(what, work, cancellationToken).ConfigureAwait(false);
        }
        catch (MembershipUnavailableException lost) when (kept > 0 && kept == _work.Number && lost.InnerException is not { InnerException: TimeoutException } and not { InnerException.InnerException: TimeoutException })
        {
            return await _work.RunAsync(what, work, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<ClusterHint> WaitAsync(Statements sql)
    {
        // What happened before is not told: the first hint on a connection is that there is one.
        if (_listening != _hints.Number)
        {
            sql.OnNotification(_told.Enqueue);
            await sql.ExecuteAsync(MembershipSql.Listen).ConfigureAwait(false);
            _listening = _hints.Number;
            return ClusterHint.Look;
        }

        if (_told.IsEmpty)
            await sql.WaitAsync().ConfigureAwait(false);
        var hint = new ClusterHint([], IsMore: _told.IsEmpty);
        while (_told.TryDequeue(out var text))
        {
            var told = HintText.Read(text);
            hint = new ClusterHint([.. hint.Shards, .. told.Shards], hint.IsMore || told.IsMore);
        }

        return hint;
    }

    /// <summary>Gives away what nobody living has, and tells it.</summary>
    /// <returns>How many.</returns>
    private static async Task<int> AssignAsync(Statements sql)
    {
        var assigned = await sql.RowsAsync(ReadShard, MembershipSql.Assign).ConfigureAwait(false);
        await sql.ExecuteAsync(MembershipSql.Hint, HintText.Write(assigned, isMore: true)).ConfigureAwait(false);
        return assigned.Count;
    }

    private static ShardRow ReadShard(NpgsqlDataReader row) => new(row.GetInt32(0), row.IsDBNull(1) ? null : row.GetString(1), row.GetInt64(2), row.GetInt64(3));

    /// <summary>Makes the row of a new incarnation, if this node may have one.</summary>
    private static async Task<long> InsertAsync(Statements sql, NodeDescription node)
    {
        await sql.ExecuteAsync(MembershipSql.LockJoins).ConfigureAwait(false);
        var (location, shards) = (await sql.RowsAsync(static row => (row.IsDBNull(0) ? null : row.GetString(0), row.GetInt32(1)), MembershipSql.Settings).ConfigureAwait(false))[0];
        if (shards != node.ShardCount)
            throw new OtherShardCountException(node.ShardCount, shards);
        if ((location ?? node.Location) != node.Location)
            throw new OtherLocationException(node.Location, location!);

        var living = await sql.RowsAsync(Living.Read, MembershipSql.Living).ConfigureAwait(false);
        var former = living.FindAll(row => row.Member.Name == node.Name);
        if (living.Find(row => row.Member.Name != node.Name && row.Protocol != node.Protocol) is { } other)
            throw new OtherProtocolException(node.Protocol, other.Protocol, other.Member.Name);
        if (former.Find(row => row.IsLockHeld || row.Member.Url != node.Url) is { } rival)
            throw new NodeNameInUseException(node.Name, rival.Member.Url);

        foreach (var (member, _, _) in former)
        {
            if (member.Tag != node.Tag)
                await sql.ScalarAsync<long>(MembershipSql.Terminate, member.Tag).ConfigureAwait(false);
            await sql.ExecuteAsync(MembershipSql.DieByOwnWish, member.Name, member.Incarnation).ConfigureAwait(false);
        }

        if (location is null)
            await sql.ExecuteAsync(MembershipSql.NoteLocation, node.Location).ConfigureAwait(false);
        return await sql.ScalarAsync<long>(
            MembershipSql.Insert, node.Name, node.Url.AbsoluteUri, node.Tag, node.Protocol, node.Version, node.Location).ConfigureAwait(false);
    }

    private sealed record Living(Member Member, int Protocol, bool IsLockHeld)
    {
        public static Living Read(NpgsqlDataReader row) => new(
            new Member(row.GetString(0), row.GetInt64(1), StatusOf(row.GetString(2)), row.GetInt64(3), new Uri(row.GetString(4)), row.GetString(5)),
            row.GetInt32(6),
            row.GetBoolean(7));

        private static MemberStatus StatusOf(string status) => status switch
        {
            "joining" => MemberStatus.Joining,
            "up" => MemberStatus.Up,
            "leaving" => MemberStatus.Leaving,
            _ => MemberStatus.Dead,
        };
    }
}
