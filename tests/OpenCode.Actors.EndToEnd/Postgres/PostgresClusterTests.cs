using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using OpenCode.Actors.Clustering;
using OpenCode.Actors.Clustering.Doors;
using OpenCode.Actors.EndToEnd.Harness;
using OpenCode.Actors.Journaling;
using OpenCode.Actors.Postgres;
using OpenCode.Actors.Postgres.Membership;

namespace OpenCode.Actors.EndToEnd.Postgres;

/// <summary>The actors of the cluster on real threads, real time and a real server of their own.</summary>
public sealed class PostgresClusterTests
{
    [SkippableFact]
    public async Task Nodes_share_the_shards_outlive_a_restart_of_the_database_and_replace_one_that_is_gone()
    {
        Needs.Postgres();
        await using var server = await PostgresServer.StartAsync();
        await using var a = await Node.StartAsync(server, "a");
        await a.Cluster.Joined.WaitAsync(TimeSpan.FromSeconds(10));
        await using var b = await Node.StartAsync(server, "b");
        await using var c = await Node.StartAsync(server, "c");
        Node[] nodes = [a, b, c];
        await UntilAsync(() => nodes.All(node => node.Served is 21 or 22), Scale.Bound(20));

        await server.StopAsync();
        await Task.Delay(TimeSpan.FromSeconds(5));
        Assert.All(nodes, node => Assert.Equal((Standing.Suspended, 0), (node.Cluster.Standing, node.Served)));
        await server.StartAgainAsync();
        await UntilAsync(() => nodes.Sum(node => node.Served) == 64, Scale.Bound(5));
        Assert.All(nodes, node => Assert.Equal(1, node.Cluster.View.Self.Incarnation));

        // Its lock must have been seen held in this life of the database, which the next look after its renewal does.
        await Task.Delay(TimeSpan.FromSeconds(2));
        await b.CrashAsync(server);
        var gap = await UntilAsync(() => a.Served + c.Served == 64, Scale.Bound(10));
        Assert.InRange(gap, TimeSpan.Zero, Scale.Bound(2));

        await c.LeaveAsync();
        await UntilAsync(() => a.Served == 64, Scale.Bound(5));
    }

    private static async Task<TimeSpan> UntilAsync(Func<bool> condition, TimeSpan limit)
    {
        var clock = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(clock.Elapsed < limit, $"It did not come true within {limit}.");
            await Task.Delay(10);
        }

        return clock.Elapsed;
    }

    private sealed class Node : IAsyncDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly PostgresDatabase _database;
        private readonly PostgresMembership _membership;
        private readonly ActorSystem _system;
        private readonly IActorRef _actor;

        private Node(PostgresDatabase database, string name)
        {
            _database = database;
            _listener.Start();
            _membership = new PostgresMembership(database);
            _system = ActorSystem.Create(name);
            var options = new ClusterOptions
            {
                Name = name,
                Url = new Uri($"http://{_listener.LocalEndpoint}"),
                Tag = database.Tag,
                Version = "1",
                DefaultLocation = "/work",
                MovesPerSecond = 64,
            };
            Cluster = new ClusterState(options, TimeProvider.System);
            _actor = _system.ActorOf(
                ClusterActor.PropsFor(new ClusterSetup(
                    Cluster, _membership, new Host(), new TcpReachability(TimeProvider.System), options, TimeProvider.System, new ClusterMetrics(), NullLoggerFactory.Instance)),
                "cluster");
        }

        public ClusterState Cluster { get; }

        public int Served => Enumerable.Range(0, 64).Count(shard => Cluster.RouteTo(shard) is ShardRoute.Here);

        public static async Task<Node> StartAsync(PostgresServer server, string name) => new(await PostgresDatabase.OpenAsync(server.ConnectionString, $"{name}-1"), name);

        /// <summary>As kill -9: nobody answers at its address, its connections are gone, nothing runs any more.</summary>
        public async Task CrashAsync(PostgresServer server)
        {
            _listener.Stop();
            await _system.TerminateAsync();
            await server.ExecuteAsync($"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = '{_database.Tag}'");
        }

        public async Task LeaveAsync()
        {
            await _actor.Ask<ClusterActor.Drained>(ClusterActor.Drain.Instance, TimeSpan.FromSeconds(5));
            await _actor.Ask<ClusterActor.Left>(ClusterActor.Leave.Instance, TimeSpan.FromSeconds(5));
        }

        public async ValueTask DisposeAsync()
        {
            _listener.Stop();
            await _system.TerminateAsync();
            await _membership.DisposeAsync();
            await _database.DisposeAsync();
        }
    }

    private sealed class Host : IShardHost
    {
        private readonly ConcurrentDictionary<int, long> _open = new();

        public Task Failed { get; } = new TaskCompletionSource().Task;

        public ValueTask OpenAsync(IReadOnlyList<Fence> shards, long? writtenThrough, CancellationToken cancellationToken)
        {
            Assert.All(shards, fence => Assert.True(_open.TryAdd(fence.Shard, fence.Token)));
            return ValueTask.CompletedTask;
        }

        public ValueTask<long> CloseAsync(IReadOnlyList<int> shards, bool abandon, CancellationToken cancellationToken)
        {
            foreach (var shard in shards)
                _open.TryRemove(shard, out _);
            return new(0L);
        }

        public ValueTask<IReadOnlySet<int>> BusyAsync(CancellationToken cancellationToken) => new(new HashSet<int>());

        public void Suspend()
        {
        }

        public void Resume()
        {
        }
    }
}
