using Akka.Actor;
using Akka.Cluster;
using Microsoft.Extensions.Logging;
using OpenCode.Actors.Journal.Nodes;
using LogLevel = Microsoft.Extensions.Logging.LogLevel;

namespace OpenCode.Actors.Clustering.Members;

/// <summary>Brings this node into the cluster: admitted by the arbiter, then a member, then up in its row (rule "One joiner at a time").</summary>
/// <param name="arbiter">Admits nodes, one at a time.</param>
/// <param name="probe">Finds out whether a node that holds its lock no longer is gone.</param>
/// <param name="standing">Gets the node's readiness.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">The log.</param>
internal sealed partial class NodeJoin(IArbiter arbiter, IPortProbe probe, NodeStanding standing, TimeProvider time, ILogger<NodeJoin> logger)
{
    private static readonly TimeSpan _silence = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan _turn = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan _membership = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan _confirmation = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan _leave = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _confirmAgain = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan _lookAgain = TimeSpan.FromMilliseconds(500);

    /// <summary>Joins, and returns when the node may run sessions.</summary>
    /// <param name="cluster">The cluster of the actor system.</param>
    /// <param name="me">What the node says of itself.</param>
    /// <param name="cancellationToken">The node is to stop.</param>
    /// <exception cref="NotAdmittedException">It may not join, or could not in time; the message says why and what to do next.</exception>
    /// <exception cref="DeclaredDeadException">It was declared dead meanwhile.</exception>
    /// <exception cref="ArbiterAwayException">The database does not answer.</exception>
    /// <exception cref="OperationCanceledException">The node is to stop, and for no other reason.</exception>
    public async Task RunAsync(Cluster cluster, NodeDescription me, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        var others = await AdmitAsync(me, cancellationToken);
        try
        {
            await BecomeMemberAsync(cluster, me.Identity, others, cancellationToken);
            await ConfirmAsync(me.Identity, cancellationToken);
        }
        catch
        {
            await TryLeaveAsync();
            throw;
        }

        standing.Join();
        standing.WantLook();
        var took = time.GetElapsedTime(began);
        LogJoined(logger, me.Identity.Name, me.Identity.Address, others.Count + 1, took);
    }

    private async Task<IReadOnlyList<NodeRow>> AdmitAsync(NodeDescription me, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(_turn, time);
        using var given = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            return await arbiter.AdmitAsync(me, IsGoneAsync, given.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new NotAdmittedException(
                $"The node '{me.Identity.Name}' has waited {_turn.TotalSeconds:0} s for its turn to join. Nodes join one at a time, and others were before it. Nothing was changed. "
                + "See which nodes are joining ('cluster status'), and start this one again once they are up.");
        }
    }

    private async ValueTask<bool> IsGoneAsync(NodeRow row, CancellationToken cancellationToken) =>
        await probe.AskAsync(Address.Parse(row.Description.Identity.Address), _silence, cancellationToken) != PortAnswer.Accepts;

    private async Task BecomeMemberAsync(Cluster cluster, NodeIdentity me, IReadOnlyList<NodeRow> others, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(_membership, time);
        using var given = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            while (await OthersInsteadAsync(JoinAsync(cluster, others, given.Token), others, me, given.Token) is { } instead)
            {
                LogAllGone(logger, others.Count, instead.Count);
                others = instead;
            }
        }
        catch (Exception e) when (e is ClusterJoinFailedException or OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested(); // Akka reports that in the same way.
            var names = string.Join(", ", others.Select(static other => $"'{other.Description.Identity.Name}' at {other.Description.Identity.Address}"));
            throw new NotAdmittedException(
                $"The node '{me.Name}' was admitted, but has not become a member within {_membership.TotalSeconds:0} s: no answer from {names}. Open the cluster port between these machines in "
                + $"both directions (this one is {me.Address}), check that all nodes have the same OPENCODE_CLUSTER_SECRET, and start it again.");
        }
    }

    private static Task JoinAsync(Cluster cluster, IReadOnlyList<NodeRow> others, CancellationToken cancellationToken) => others.Count == 0
        ? cluster.JoinAsync(cluster.SelfAddress, cancellationToken)
        : cluster.JoinSeedNodesAsync([.. others.Select(static other => Address.Parse(other.Description.Identity.Address))], cancellationToken);

    // admit-before-join: a node that drains is up in its row until it ends, and admits no node. This node has the turn, so no other comes up meanwhile: when all that it asks
    // have left or died, the rows name the nodes to join instead. Null when it has become a member.
    private async Task<IReadOnlyList<NodeRow>?> OthersInsteadAsync(Task joined, IReadOnlyList<NodeRow> others, NodeIdentity me, CancellationToken given)
    {
        while (true)
        {
            await Task.WhenAny(joined, Task.Delay(_lookAgain, time, given));
            if (joined.IsCompleted || others.Count == 0 || given.IsCancellationRequested)
            {
                await joined;
                return null;
            }

            try
            {
                var look = await arbiter.LookAsync(0, given);
                if (look.Mine == NodeStatus.Dead)
                    throw new DeclaredDeadException($"The node '{me.Name}' was declared dead while it joined. Start it again.");
                if (!look.Living.Any(row => others.Any(other => other.Description.Identity.IsSameLife(row.Description.Identity))))
                    return [.. look.Living.Where(row => row.Status == NodeStatus.Up && !row.Description.Identity.IsSameLife(me))];
            }
            catch (ArbiterAwayException)
            {
            }
            catch (OperationCanceledException) when (given.IsCancellationRequested)
            {
                // How the join ends says why.
            }
        }
    }

    private async Task ConfirmAsync(NodeIdentity me, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(_confirmation, time);
        using var given = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            await ConfirmUntilAnsweredAsync(given.Token);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ArbiterAwayException(
                $"The node '{me.Name}' has become a member, but the database has not answered for {_confirmation.TotalSeconds:0} s to the word that it is up. "
                + "Start it again when the database answers: it joins as a new node.", e);
        }
    }

    // Asked again until it is answered: the node is a member by now, and the others count on it.
    private async Task ConfirmUntilAnsweredAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await arbiter.ConfirmUpAsync(cancellationToken);
                return;
            }
            catch (ArbiterAwayException)
            {
                await Task.Delay(_confirmAgain, time, cancellationToken);
            }
        }
    }

    // Also when the node is to stop: the next joiner need not find out that this one is gone.
    private async Task TryLeaveAsync()
    {
        standing.Leave();
        using var deadline = new CancellationTokenSource(_leave, time);
        try
        {
            await arbiter.LeaveAsync(deadline.Token);
        }
        catch (Exception e) when (e is ArbiterAwayException or DeclaredDeadException or OperationCanceledException)
        {
            LogNotLeft(logger, e);
        }
    }

    [LoggerMessage(EventId = 7010, Level = LogLevel.Information, Message = "Node {Name} ({Address}) joined the cluster of {Nodes} nodes in {Took}.")]
    private static partial void LogJoined(ILogger logger, string name, string address, int nodes, TimeSpan took);

    [LoggerMessage(EventId = 7012, Level = LogLevel.Information, Message = "All {Asked} nodes that this one asked to let it in have ended meanwhile; it goes on with {Others} others.")]
    private static partial void LogAllGone(ILogger logger, int asked, int others);

    [LoggerMessage(EventId = 7011, Level = LogLevel.Warning, Message = "The row of this node could not be taken back; the next joiner finds that nothing answers there.")]
    private static partial void LogNotLeft(ILogger logger, Exception cause);
}
