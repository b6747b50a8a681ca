using Akka.Actor;
using Akka.Configuration;
using Microsoft.Extensions.Logging;
using OpenCode.Actors.Clustering.Members;
using OpenCode.Actors.Clustering.Settings;
using OpenCode.Actors.EndToEnd.Harness;
using OpenCode.Actors.Journal.Nodes;
using OpenCode.Actors.Sessions.Readiness;
using OpenCode.Actors.Tests.TestKit;

namespace OpenCode.Actors.EndToEnd.Clustering.Members;

/// <summary>How a join ends that does not end well. The clock of its limits is the test's.</summary>
public sealed class NodeJoinTests : IAsyncLifetime
{
    private static readonly NodeDescription _me = Describe("n1", 7001);

    private readonly ManualTime _time = new();
    private readonly RecordingLogs _logs = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly NodeStanding _standing;
    private ActorSystem? _system;

    public NodeJoinTests() => _standing = new NodeStanding(_time);

    // The address is one that nothing listens at.
    private static IReadOnlyList<NodeRow> Another => [new NodeRow(Describe("n2", 1), NodeStatus.Up, null)];

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        _stop.Dispose();
        if (_system is not null)
            await _system.Terminate();
    }

    [Fact]
    public async Task A_turn_that_does_not_come_within_60_s_is_named()
    {
        var join = JoinAsync(new ScriptedArbiter { Admit = NeverAsync<IReadOnlyList<NodeRow>> }, null!);
        _time.Advance(TimeSpan.FromMilliseconds(59_999));
        Assert.False(join.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(1));

        var refusal = await Assert.ThrowsAsync<NotAdmittedException>(() => Eventually.EndsAsync(join, "the join"));

        Assert.Contains("waited 60 s for its turn to join", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stop_ends_the_wait_for_the_turn()
    {
        var join = JoinAsync(new ScriptedArbiter { Admit = NeverAsync<IReadOnlyList<NodeRow>> }, null!);

        await _stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Eventually.EndsAsync(join, "the join"));
    }

    [Fact]
    public async Task A_stop_during_an_unanswered_join_reports_no_network_fault()
    {
        var arbiter = new ScriptedArbiter { Admit = static _ => Task.FromResult(Another), Living = Another };
        var join = JoinAsync(arbiter, StartCluster());
        Assert.False(join.IsCompleted);

        await _stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Eventually.EndsAsync(join, "the join"));
        Assert.True(arbiter.HasLeft);
    }

    [Fact]
    public async Task A_cluster_that_does_not_answer_for_15_s_is_named_with_its_nodes()
    {
        var arbiter = new ScriptedArbiter { Admit = static _ => Task.FromResult(Another), Living = Another };
        var join = JoinAsync(arbiter, StartCluster());

        await AdvanceUntilAsync(join);

        Assert.Contains("'n2' at", (await Assert.ThrowsAsync<NotAdmittedException>(() => join)).Message, StringComparison.Ordinal);
        Assert.True(arbiter.HasLeft);
    }

    [Fact]
    public async Task A_stop_ends_the_wait_for_the_word_that_the_node_is_up()
    {
        var confirming = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var arbiter = new ScriptedArbiter
        {
            Confirm = token =>
            {
                confirming.SetResult();
                return NeverAsync<bool>(token);
            },
        };
        var join = JoinAsync(arbiter, StartCluster());
        await Eventually.EndsAsync(confirming.Task, "the word that it is up");

        await _stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Eventually.EndsAsync(join, "the join"));
        Assert.Equal((true, NodeState.Left), (arbiter.HasLeft, _standing.Now.State));
    }

    [Fact]
    public async Task A_database_that_does_not_take_down_that_the_node_is_up_is_named()
    {
        var confirming = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var arbiter = new ScriptedArbiter
        {
            Confirm = _ =>
            {
                confirming.TrySetResult();
                throw new ArbiterAwayException("away");
            },
        };
        var join = JoinAsync(arbiter, StartCluster());
        await Eventually.EndsAsync(confirming.Task, "the word that it is up");

        await AdvanceUntilAsync(join);

        Assert.Contains("the database has not answered for 15 s", (await Assert.ThrowsAsync<ArbiterAwayException>(() => join)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_joiner_that_lost_its_turn_to_another_one_is_told_that_it_is_dead() =>
        await Assert.ThrowsAsync<DeclaredDeadException>(
            () => Eventually.EndsAsync(JoinAsync(new ScriptedArbiter { Confirm = static _ => throw new DeclaredDeadException("declared dead") }, StartCluster()), "the join"));

    private static NodeDescription Describe(string name, int port) => new(new NodeIdentity(name, port, $"akka.tcp://opencode@127.0.0.1:{port}"), 4, "1", "/proj", name);

    private static async Task<T> NeverAsync<T>(CancellationToken cancellationToken)
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
        return default!;
    }

    private Task JoinAsync(ScriptedArbiter arbiter, Akka.Cluster.Cluster cluster) =>
        new NodeJoin(arbiter, null!, _standing, _time, new Logger<NodeJoin>(_logs)).RunAsync(cluster, _me, _stop.Token);

    private Task AdvanceUntilAsync(Task join) => Eventually.TrueAsync(
        () =>
        {
            _time.Advance(TimeSpan.FromMilliseconds(100));
            return join.IsCompleted;
        },
        "the join ends");

    private Akka.Cluster.Cluster StartCluster()
    {
        var options = new ClusterNodeOptions { Name = "n1", AdvertisedHost = "127.0.0.1", Port = 0, Secret = "a secret of these tests" };
        var config = ConfigurationFactory.ParseString(
            """
            akka.loglevel = OFF
            akka.stdout-loglevel = OFF
            akka.remote.dot-netty.tcp.enable-ssl = off
            akka.cluster.downing-provider-class = ""
            """);
        _system = ActorSystem.Create(AkkaSettings.SystemName, config.WithFallback(AkkaSettings.Of(options)));
        return Akka.Cluster.Cluster.Get(_system);
    }
}
