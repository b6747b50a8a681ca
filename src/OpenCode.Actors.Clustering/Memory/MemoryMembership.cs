namespace OpenCode.Actors.Clustering.Memory;

/// <summary>One node's way to a <see cref="MemoryClusterDatabase"/>: two connections, the time an answer takes, and what can go wrong between the two.</summary>
/// <param name="database">The database.</param>
/// <param name="time">The clock of the network.</param>
/// <param name="tag">The <c>application_name</c> of the node's connections.</param>
public sealed class MemoryMembership(MemoryClusterDatabase database, TimeProvider time, string tag) : IMembership
{
    private readonly Lock _lock = new();
    private readonly Line _heartbeat = new();
    private readonly Line _work = new();
    private readonly List<ShardRow> _told = [];
    private TaskCompletionSource? _hintAwaited;
    private bool _isHinted;
    private bool _isMore;
    private bool _isGone;

    /// <summary>Gets or sets what lies between node and database.</summary>
    public LinkState Link { get; set; }

    /// <summary>Gets or sets how long a call takes.</summary>
    public TimeSpan Latency { get; set; }

    /// <summary>Gets or sets how much longer the answer to a look is on its way.</summary>
    public TimeSpan LooksLast { get; set; }

    /// <summary>Gets or sets how many of the next calls are done and then lose their connection before the answer.</summary>
    public int AnswersUnknown { get; set; }

    /// <summary>Gets or sets a value indicating whether no hint arrives.</summary>
    public bool LosesHints { get; set; }

    /// <summary>Gets or sets after which time a call is given up.</summary>
    public TimeSpan CallLimit { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Gets or sets after which time the database gives up a connection whose other end is silent.</summary>
    public TimeSpan Keepalive { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Ends the process of the node: its connections close at once, no call is answered any more.</summary>
    public void Kill()
    {
        _isGone = true;
        Drop(_heartbeat, atOnce: true);
        Drop(_work, atOnce: true);
        database.Unlisten(this);
    }

    /// <inheritdoc/>
    public async ValueTask<Member> JoinAsync(NodeDescription node, CancellationToken cancellationToken)
    {
        // A new life begins with a new connection: the lock of the life before must not be mistaken for somebody else's.
        Drop(_heartbeat, atOnce: Link == LinkState.Whole);
        database.Unlisten(this);
        database.Listen(this);
        return await CallAsync("joining", _heartbeat, connection => database.Join(node, connection), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<bool> RenewAsync(Member self, CancellationToken cancellationToken) =>
        CallAsync("renewing the lease", _heartbeat, connection => database.Renew(self, connection), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<ClusterLook> LookAsync(CancellationToken cancellationToken) =>
        LookSlowlyAsync(cancellationToken);

    /// <inheritdoc/>
    public ValueTask<bool> DeclareDeadAsync(Member member, CancellationToken cancellationToken) =>
        CallAsync("declaring a member dead", _work, _ => database.DeclareDead(member), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<int> AssignOrphansAsync(CancellationToken cancellationToken) =>
        CallAsync("assigning shards without an owner", _work, _ => database.AssignOrphans(), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<bool> BeginLeaveAsync(Member self, CancellationToken cancellationToken) =>
        CallAsync("saying that this node leaves", _work, _ => database.BeginLeave(self), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<int>> GiveAsync(Member self, IReadOnlyList<Handover> handovers, CancellationToken cancellationToken) =>
        CallAsync("giving shards away", _work, _ => database.Give(self, handovers), cancellationToken);

    /// <inheritdoc/>
    public async ValueTask LeaveAsync(Member self, CancellationToken cancellationToken)
    {
        await CallAsync("leaving", _work, _ => { database.Leave(self); return true; }, cancellationToken);
        Drop(_heartbeat, atOnce: true);
    }

    /// <inheritdoc/>
    public async ValueTask<ClusterHint> WaitForHintAsync(CancellationToken cancellationToken)
    {
        Task hinted;
        lock (_lock)
        {
            if (_isHinted)
                return TakeHintNeedsLock();
            _hintAwaited = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            hinted = _hintAwaited.Task;
        }

        await using var registration = cancellationToken.Register(static state => ((TaskCompletionSource)state!).TrySetCanceled(), _hintAwaited);
        await hinted;
        lock (_lock)
            return TakeHintNeedsLock();
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        Kill();
        return ValueTask.CompletedTask;
    }

    internal void Hint(ClusterHint hint)
    {
        if (LosesHints || Link != LinkState.Whole)
            return;
        lock (_lock)
        {
            _isHinted = true;
            _isMore |= hint.IsMore;
            _told.AddRange(hint.Shards);
            _hintAwaited?.TrySetResult();
            _hintAwaited = null;
        }
    }

    private ClusterHint TakeHintNeedsLock()
    {
        var hint = new ClusterHint([.. _told], _isMore);
        _told.Clear();
        (_isHinted, _isMore) = (false, false);
        return hint;
    }

    private async ValueTask<ClusterLook> LookSlowlyAsync(CancellationToken cancellationToken)
    {
        var look = await CallAsync("looking at the members", _work, database.Look, cancellationToken);
        return await After(LooksLast, () => look);
    }

    private async ValueTask<T> CallAsync<T>(string what, Line line, Func<long, T> transaction, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var done = await DoAsync(what, line, transaction);
        cancellationToken.ThrowIfCancellationRequested();
        return done;
    }

    /// <summary>The question goes out now and is done after half of the latency, whatever the node does meanwhile; the answer comes after the other half.</summary>
    private async Task<T> DoAsync<T>(string what, Line line, Func<long, T> transaction)
    {
        if (_isGone)
            await new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously).Task;
        if (Link == LinkState.Cut || (Link == LinkState.AnswersLost && line.Connection is null))
        {
            await After(CallLimit, static () => true);
            Drop(line, atOnce: false);
            throw new MembershipUnavailableException(what, new TimeoutException("no answer in time"));
        }

        var answer = await After(Latency / 2, () => Serve(what, line, transaction));
        if (Link != LinkState.Whole)
        {
            await After(CallLimit - (Latency / 2), static () => true);
            Drop(line, atOnce: false);
            throw new MembershipUnavailableException(what, new TimeoutException("no answer in time"));
        }

        if (AnswersUnknown > 0)
        {
            AnswersUnknown--;
            Drop(line, atOnce: true);
            throw new MembershipUnavailableException(what, new IOException("connection reset"));
        }

        return await After(Latency / 2, () => answer);
    }

    private T Serve<T>(string what, Line line, Func<long, T> transaction)
    {
        line.Connection ??= database.Connect(tag) ?? throw new MembershipUnavailableException(what, new IOException("connection refused"));
        if (!database.IsConnected(line.Connection.Value))
        {
            line.Connection = null;
            throw new MembershipUnavailableException(what, new IOException("connection reset"));
        }

        return transaction(line.Connection.Value);
    }

    private Task<T> After<T>(TimeSpan delay, Func<T> work)
    {
        var ended = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        if (delay <= TimeSpan.Zero)
            End();
        else
            _ = new Alarm(time, delay, End);
        return ended.Task;

        void End()
        {
            try
            {
                ended.SetResult(work());
            }
            catch (ClusterException exception)
            {
                ended.SetException(exception);
            }
        }
    }

    private void Drop(Line line, bool atOnce)
    {
        if (line.Connection is not { } connection)
            return;
        line.Connection = null;
        if (atOnce)
            database.Disconnect(connection);
        else
            _ = new Alarm(time, Keepalive, () => database.Disconnect(connection));
    }

    private sealed class Line
    {
        public long? Connection { get; set; }
    }

    /// <summary>Runs once and lets its timer go.</summary>
    private sealed class Alarm
    {
        private readonly ITimer _timer;
        private readonly Action _action;

        public Alarm(TimeProvider time, TimeSpan delay, Action action)
        {
            _action = action;
            _timer = time.CreateTimer(static state => ((Alarm)state!).Fire(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            _timer.Change(delay, Timeout.InfiniteTimeSpan);
        }

        private void Fire()
        {
            _timer.Dispose();
            _action();
        }
    }
}
