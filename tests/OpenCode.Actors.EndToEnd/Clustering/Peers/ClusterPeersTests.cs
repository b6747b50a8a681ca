using System.Threading.Channels;
using Akka.Actor;
using Akka.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using OpenCode.Actors.Clustering.Peers;
using OpenCode.Actors.Clustering.Settings;
using OpenCode.Actors.EndToEnd.Harness;
using OpenCode.Actors.Streams.Clients;

namespace OpenCode.Actors.EndToEnd.Clustering.Peers;

/// <summary>Two members of a cluster in one process.</summary>
public sealed class ClusterPeersTests : IAsyncLifetime
{
    private readonly Node _a = new();
    private readonly Node _b = new();

    public async Task InitializeAsync()
    {
        using var limit = new CancellationTokenSource(Eventually.Generous);
        await _a.Cluster.JoinAsync(_a.Cluster.SelfAddress, limit.Token);
        await _b.Cluster.JoinAsync(_a.Cluster.SelfAddress, limit.Token);
        await Task.WhenAll(_a.UntilAsync(static now => now.Peers.Count == 1), _b.UntilAsync(static now => now.Peers.Count == 1));
    }

    public async Task DisposeAsync() => await Task.WhenAll(_a.System.Terminate(), _b.System.Terminate());

    [Fact]
    public async Task The_hub_of_the_other_node_is_asked_and_answers_over_the_wire()
    {
        var answer = await _a.Streams.Ask<object>(new StreamHubActor.WaitFlushed("/ä b", 7), Eventually.Generous);

        Assert.Equal(new StreamHubActor.Flushed("/ä b", 7), answer);
        Assert.Equal(new StreamHubActor.WaitFlushed("/ä b", 7), await _b.NextAsync());
        Assert.Equal(new StreamHubActor.WaitFlushed("/ä b", 7), await _a.NextAsync());
    }

    [Fact]
    public async Task A_location_is_disposed_of_at_the_other_node_too()
    {
        _a.Streams.Tell(new StreamHubActor.DisposeLocation("/a", 9));

        Assert.Equal(new StreamHubActor.DisposeLocation("/a", 9), await _a.NextAsync());
        Assert.Equal(new StreamHubActor.DisposeLocation("/a", 9), await _b.NextAsync());
    }

    [Fact]
    public async Task A_member_that_leaves_is_no_peer_any_more_and_its_clients_are_awaited()
    {
        using var limit = new CancellationTokenSource(Eventually.Generous);
        await _b.Cluster.LeaveAsync(limit.Token);

        var now = await _a.UntilAsync(static now => now.Peers.Count == 0);

        Assert.Equal(TimeSpan.FromSeconds(2), now.ReconnectsFor); // The clock of the streams stands.
    }

    [Fact]
    public async Task A_member_that_is_killed_is_not_waited_for()
    {
        await _b.System.Terminate(); // Its streams' actor is gone before the others know.
        _a.Cluster.Down(_b.Cluster.SelfAddress);

        var answer = await _a.Streams.Ask<object>(new StreamHubActor.WaitFlushed("/a", 7), Eventually.Generous);

        Assert.Equal(new StreamHubActor.Flushed("/a", 7), answer);
    }

    private sealed class Node
    {
        private readonly Channel<object> _asked = Channel.CreateUnbounded<object>();

        public Node()
        {
            System = ActorSystem.Create(AkkaSettings.SystemName, Settings());
            var hub = System.ActorOf(Props.Create(() => new Hub(_asked.Writer)));
            Streams = System.ActorOf(PeerStreamsActor.PropsFor(hub, ClusterPeersActor.PropsFor(), new ManualTime(), NullLoggerFactory.Instance), PeerStreamsActor.ActorName);
        }

        public ActorSystem System { get; }

        public IActorRef Streams { get; }

        public Akka.Cluster.Cluster Cluster => Akka.Cluster.Cluster.Get(System);

        public Task<object> NextAsync() => Eventually.EndsAsync(_asked.Reader.ReadAsync().AsTask(), "the hub is asked");

        public async Task<PeerStreamsActor.PeersNow> UntilAsync(Func<PeerStreamsActor.PeersNow, bool> condition)
        {
            PeerStreamsActor.PeersNow now = null!;
            await Eventually.TrueAsync(async () => condition(now = await Streams.Ask<PeerStreamsActor.PeersNow>(new PeerStreamsActor.GetPeers(), Eventually.Generous)), "it has these peers");
            return now;
        }

        private static Config Settings() => ConfigurationFactory.ParseString(
            """
            akka.loglevel = OFF
            akka.stdout-loglevel = OFF
            akka.cluster.downing-provider-class = ""
            akka.remote.dot-netty.tcp.enable-ssl = off
            """).WithFallback(AkkaSettings.Of(new ClusterNodeOptions { AdvertisedHost = "127.0.0.1", Port = 0 }));
    }

    /// <summary>Stands for the streams of a node that have all.</summary>
    private sealed class Hub : ReceiveActor
    {
        public Hub(ChannelWriter<object> asked)
        {
            Receive<StreamHubActor.WaitFlushed>(wait =>
            {
                asked.TryWrite(wait);
                Sender.Tell(new StreamHubActor.Flushed(wait.Location, wait.Offset));
            });
            Receive<StreamHubActor.DisposeLocation>(message => asked.TryWrite(message));
        }
    }
}
