using OpenCode.Actors.Clustering.Members;
using OpenCode.Actors.Clustering.Metrics;
using OpenCode.Actors.Journal;
using OpenCode.Actors.Journal.Nodes;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Sessions.Index;
using OpenCode.Actors.Sessions.Readiness;
using OpenCode.Actors.Sessions.Region;

namespace OpenCode.Actors.Clustering.Shards;

/// <summary>The claims of this node: one for each shard that has a session here, made with its first session and forgotten with its last (rule "Claim before read"). Thread-safe.</summary>
/// <param name="arbiter">Gives out the tokens.</param>
/// <param name="journal">Catches up after a claim, before anything of the shard is read.</param>
/// <param name="standing">Whether this node may claim at all.</param>
/// <param name="metrics">Counts the claims.</param>
/// <param name="time">The clock of pauses.</param>
internal sealed class ShardClaims(IArbiter arbiter, IJournal journal, NodeStanding standing, ClusterMetrics metrics, TimeProvider time) : IShardClaims, IDisposable
{
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(100);

    private readonly Lock _gate = new();
    private readonly Dictionary<int, Claim> _claims = [];
    private readonly CancellationTokenSource _stopped = new();

    private sealed class Claim(CancellationToken stopped) : IDisposable
    {
        private readonly CancellationTokenSource _given = CancellationTokenSource.CreateLinkedTokenSource(stopped);

        public int Sessions { get; set; }

        public Task<Fence>? Held { get; set; }

        public CancellationToken Given => _given.Token;

        // claim-before-read: what still waits for a token must not get one after the shard's next owner.
        public void Dispose()
        {
            _given.Cancel();
            _given.Dispose();
        }
    }

    /// <summary>Gets how far the index of this node is.</summary>
    public IndexProgress Index { get; } = new();

    /// <summary>Gets the shards with a session here.</summary>
    public IReadOnlyList<int> Shards
    {
        get
        {
            lock (_gate)
                return [.. _claims.Keys.Order()];
        }
    }

    /// <summary>True if a session runs here, or would.</summary>
    /// <param name="session">The session.</param>
    public bool Has(SessionId session)
    {
        lock (_gate)
            return _claims.ContainsKey(ShardOf.Session(session));
    }

    /// <inheritdoc/>
    public async ValueTask<Fence?> ClaimAsync(SessionId session, CancellationToken cancellationToken)
    {
        var shard = ShardOf.Session(session);
        Task<Fence> held;
        lock (_gate)
        {
            // Its actor may have stopped before the journal came to read it.
            if (!_claims.TryGetValue(shard, out var claim))
                throw new OperationCanceledException($"No session of shard {shard} is in the memory of this node any more; it is claimed with the next one.");

            if (claim.Held is null or { IsFaulted: true } or { IsCanceled: true })
                claim.Held = ClaimAsync(shard, claim.Given);
            held = claim.Held;
        }

        return await held.WaitAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public void Lost(Fence fence)
    {
        lock (_gate)
        {
            // A later claim of the same shard stays: it is not the one that was refused.
            if (_claims.TryGetValue(fence.Shard, out var claim) && claim.Held is { IsCompletedSuccessfully: true } held && held.Result == fence)
                claim.Held = null;
        }

        standing.WantLook();
    }

    /// <summary>A session has come into memory.</summary>
    public void Entered(SessionId session)
    {
        lock (_gate)
        {
            var shard = ShardOf.Session(session);
            if (!_claims.TryGetValue(shard, out var claim))
                _claims.Add(shard, claim = new Claim(_stopped.IsCancellationRequested ? new CancellationToken(canceled: true) : _stopped.Token));
            claim.Sessions++;
        }
    }

    /// <summary>A session has left memory. With the last one of its shard the claim is forgotten, or given up if it is under way: another node may have the shard next.</summary>
    public void Left(SessionId session)
    {
        var shard = ShardOf.Session(session);
        Claim? over = null;
        lock (_gate)
        {
            if (_claims.TryGetValue(shard, out var claim) && --claim.Sessions <= 0 && _claims.Remove(shard))
                over = claim;
        }

        over?.Dispose();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stopped.Cancel();
        _stopped.Dispose();
    }

    // Tried until it is decided: while the database is away nothing fails by it, and a session that waits for its claim has not failed.
    private async Task<Fence> ClaimAsync(int shard, CancellationToken given)
    {
        while (true)
        {
            var now = standing.Availability.Now;
            if (now.IsOver)
                throw new DeclaredDeadException(now.Reason);

            try
            {
                if (now.State != NodeState.Joining)
                {
                    var fence = await arbiter.ClaimAsync(shard, given);

                    // claim-before-read: what an earlier owner wrote is seen before the rows are read, by the index too: decisions go by the rules that it has learned.
                    await Index.WhenReachedAsync(await journal.CatchUpAsync(given), given);
                    metrics.ShardClaimed(shard);
                    return fence;
                }
            }
            catch (ArbiterAwayException)
            {
            }
            catch (DeclaredDeadException)
            {
                standing.WantLook(); // The look decides: it ends the node, or the claim is tried again.
            }

            await Task.Delay(_pause, time, given);
        }
    }
}
