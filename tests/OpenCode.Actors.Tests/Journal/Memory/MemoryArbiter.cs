using System.Diagnostics.CodeAnalysis;
using OpenCode.Actors.Journal;
using OpenCode.Actors.Journal.Nodes;
using OpenCode.Actors.Tests.TestKit;

namespace OpenCode.Actors.Tests.Journal.Memory;

/// <summary>The way of one node to a <see cref="MemoryArbiterDatabase"/>, with faults that a test decides.</summary>
/// <param name="database">The store.</param>
/// <param name="time">The clock of delays.</param>
internal sealed class MemoryArbiter(MemoryArbiterDatabase database, TimeProvider time) : IArbiter, IJoinTurn
{
    private static readonly TimeSpan TurnPause = TimeSpan.FromMilliseconds(20);

    private readonly Lock _gate = new();
    private readonly List<ArbiterCall> _calls = [];
    private readonly List<TaskCompletionSource> _held = [];
    private readonly MemoryLink _link = new();
    private NodeIdentity? _me;
    private bool _isFrozen;
    private bool _isAway;
    private bool _isDisposed;

    /// <summary>Gets or sets what goes wrong with the next call; asked once a call.</summary>
    public Func<ArbiterCall, ArbiterFault> Fault { get; set; } = static _ => ArbiterFault.None;

    /// <summary>Gets or sets how long a call takes, in both directions together.</summary>
    public TimeSpan Latency { get; set; }

    /// <summary>Gets the calls so far.</summary>
    public IReadOnlyList<ArbiterCall> Calls
    {
        get
        {
            lock (_gate)
                return [.. _calls];
        }
    }

    private NodeIdentity Me => _me ?? throw new InvalidOperationException("A node is admitted before it does anything else.");

    /// <summary>Cuts the way of this node to the store, or lets calls pass again. What is asked meanwhile fails at once; after 5 s the store takes the node's connection for ended.</summary>
    public void SetAway(bool isAway)
    {
        lock (_gate)
        {
            _isAway = isAway;
            database.SetSilent(_link, _isAway || _isFrozen);
        }
    }

    /// <summary>Holds all that is asked and answered, as a process that stands still does, until it is let go again. After 5 s the store takes the node's connection for ended.</summary>
    public void Freeze()
    {
        lock (_gate)
        {
            _isFrozen = true;
            database.SetSilent(_link, true);
        }
    }

    public void Thaw()
    {
        TaskCompletionSource[] held;
        lock (_gate)
        {
            _isFrozen = false;
            database.SetSilent(_link, _isAway);
            held = [.. _held];
            _held.Clear();
        }

        Inlining.Run(() =>
        {
            foreach (var call in held)
                call.TrySetResult();
        });
    }

    public async ValueTask<IReadOnlyList<NodeRow>> AdmitAsync(
        NodeDescription me, Func<NodeRow, CancellationToken, ValueTask<bool>> isGone, CancellationToken cancellationToken)
    {
        Admission.CheckName(me.Identity.Name);
        _me = me.Identity;
        try
        {
            return await CallAsync(
                ArbiterCall.Admit,
                async () =>
                {
                    database.RetireAddress(me.Identity);
                    await TakeTurnAsync(cancellationToken).ConfigureAwait(false);
                    return await new Admission(this, me, isGone, time).RunAsync(cancellationToken).ConfigureAwait(false);
                },
                cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            database.EndTurn(_link);
            throw;
        }
    }

    public async ValueTask ConfirmUpAsync(CancellationToken cancellationToken) => await CallAsync(
        ArbiterCall.ConfirmUp,
        async () =>
        {
            while (!database.TryConfirmUp(_link, Me))
                await TakeTurnAsync(cancellationToken).ConfigureAwait(false);

            return true;
        },
        cancellationToken).ConfigureAwait(false);

    public ValueTask<NodeLook> LookAsync(long position, CancellationToken cancellationToken) => CallAsync(ArbiterCall.Look, () => database.Look(Me, position), cancellationToken);

    public ValueTask<Verdict> DeclareDeadAsync(NodeIdentity other, CancellationToken cancellationToken)
    {
        if (other.IsSameLife(Me))
            throw new ArgumentException("A node does not declare itself dead: it leaves.", nameof(other));

        return CallAsync(ArbiterCall.DeclareDead, () => database.DeclareDead(Me, other), cancellationToken);
    }

    public ValueTask<Verdict> DeclareStaleAsync(NodeRow stale, CancellationToken cancellationToken) =>
        CallAsync(ArbiterCall.DeclareDead, () => database.DeclareDead(Me, stale.Description.Identity, stale.Looked), cancellationToken);

    public ValueTask<Fence> ClaimAsync(int shard, CancellationToken cancellationToken) => CallAsync(ArbiterCall.Claim, () => database.Claim(Me, shard), cancellationToken);

    public ValueTask<IReadOnlyList<ShardRow>> ReadShardsAsync(CancellationToken cancellationToken) => CallAsync(ArbiterCall.ReadShards, database.Shards, cancellationToken);

    public async ValueTask LeaveAsync(CancellationToken cancellationToken) => await CallAsync(
        ArbiterCall.Leave,
        () =>
        {
            database.Leave(Me, _link);
            return true;
        },
        cancellationToken).ConfigureAwait(false);

    /// <summary>Ends the connection, as the end of the process does. The row stays.</summary>
    public ValueTask DisposeAsync()
    {
        _isDisposed = true;
        database.End(_link);
        Thaw();
        return ValueTask.CompletedTask;
    }

    async ValueTask<FoundCluster> IJoinTurn.ReadAsync(CancellationToken cancellationToken)
    {
        await PassAsync(cancellationToken).ConfigureAwait(false);
        return database.Find(_link);
    }

    async ValueTask<bool> IJoinTurn.TryEnterAsync(NodeDescription me, IReadOnlyList<NodeRow> lost, IReadOnlyList<NodeRow> gone, CancellationToken cancellationToken)
    {
        await PassAsync(cancellationToken).ConfigureAwait(false);
        return database.TryEnter(_link, me, lost, gone);
    }

    private async ValueTask TakeTurnAsync(CancellationToken cancellationToken)
    {
        while (!database.TryTakeTurn(_link))
        {
            await Task.Delay(TurnPause, time, cancellationToken).ConfigureAwait(false);
            await PassAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private ValueTask<T> CallAsync<T>(ArbiterCall call, Func<T> statement, CancellationToken cancellationToken) =>
        CallAsync(call, () => new ValueTask<T>(statement()), cancellationToken);

    private async ValueTask<T> CallAsync<T>(ArbiterCall call, Func<ValueTask<T>> statement, CancellationToken cancellationToken)
    {
        var fault = Fault(call);
        lock (_gate)
            _calls.Add(call);

        await PassAsync(cancellationToken).ConfigureAwait(false);
        if (fault == ArbiterFault.QuestionLost)
            throw new ArbiterAwayException("The connection was cut before the statement was run.");

        var answer = await statement().ConfigureAwait(false);
        await PassAsync(cancellationToken).ConfigureAwait(false);
        return fault == ArbiterFault.AnswerLost ? throw new ArbiterAwayException("The connection was cut after the statement was run.") : answer;
    }

    /// <summary>Goes half the way, as far as it is open.</summary>
    private async ValueTask PassAsync(CancellationToken cancellationToken)
    {
        if (Latency > TimeSpan.Zero)
            await Task.Delay(Latency / 2, time, cancellationToken).ConfigureAwait(false);
        while (IsHeld(out var held))
            await WaitAsync(held, cancellationToken).ConfigureAwait(false);

        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (_isAway || database.IsAway)
            throw new ArbiterAwayException("The way to the store is cut.");
    }

    // One for each call: of those that await the same task, all but one would go on on the pool.
    private bool IsHeld([NotNullWhen(true)] out TaskCompletionSource? held)
    {
        lock (_gate)
        {
            held = null;
            if (!_isFrozen)
                return false;

            _held.Add(new(TaskCreationOptions.None));
            held = _held[^1];
            return true;
        }
    }

    // Given up in the call that cancels it, where Task.WaitAsync goes on on the pool.
    private static async Task WaitAsync(TaskCompletionSource held, CancellationToken cancellationToken)
    {
        await using (cancellationToken.UnsafeRegister(static (held, token) => Inlining.Run(() => ((TaskCompletionSource)held!).TrySetCanceled(token)), held).ConfigureAwait(false))
            await held.Task.ConfigureAwait(false);
    }
}
