using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.Event;
using Akka.Remote;
using OpenCode.Actors.Clustering.Security;
using OpenCode.Actors.Clustering.Settings;
using OpenCode.Actors.EndToEnd.Harness;

namespace OpenCode.Actors.EndToEnd.Clustering.Security;

/// <summary>A node goes on when a connection to another node fails, at whichever moment.</summary>
public sealed class NodeTransportTests : IAsyncLifetime
{
    private static readonly ClusterNodeOptions _options = new() { Name = "n", AdvertisedHost = "127.0.0.1", Port = 0, Secret = "a secret of these tests" };

    private readonly ActorSystem _system = Start("a secret of these tests");

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _system.Terminate();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_node_that_is_killed_in_the_middle_of_the_handshake_does_not_take_another_with_it(bool reset)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var failed = Failures(_system);

        _system.ActorSelection($"akka.ssl.tcp://{_system.Name}@127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/user/any").Tell("hello");
        var client = await Eventually.EndsAsync(listener.AcceptSocketAsync(), "the node connects");
        await client.ReceiveAsync(new byte[1]); // the handshake has begun
        if (reset)
            client.LingerState = new LingerOption(true, 0);
        client.Close();

        await NextAsync(failed);
        await GoesOnAsync();
    }

    [Fact]
    public async Task A_node_with_another_key_does_not_end_the_one_that_connects_to_it()
    {
        using var stranger = Start("another secret of them");
        var failed = Failures(_system);

        _system.ActorSelection(new RootActorPath(((ExtendedActorSystem)stranger).Provider.DefaultAddress) / "user" / "any").Tell("hello");

        await NextAsync(failed);
        await GoesOnAsync();
        await stranger.Terminate();
    }

    // One of fifteen did, until its time was over.
    [Fact]
    public async Task No_new_connection_stands_still()
    {
        _system.ActorOf(Props.Create(() => new Echo()), "echo");
        for (var i = 0; i < 40; i++)
        {
            using var other = Start("a secret of these tests");
            var failed = Failures(other);

            await AskAsync(other, _system);

            Assert.False(failed.TryRead(out var failure), failure?.ToString());
            await other.Terminate();
        }
    }

    [Fact]
    public async Task What_the_transport_logs_is_in_the_log_of_the_node()
    {
        var warned = Channel.CreateUnbounded<Warning>();
        _system.EventStream.Subscribe(_system.ActorOf(Props.Create(() => new To<Warning>(warned.Writer))), typeof(Warning));
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", ((ExtendedActorSystem)_system).Provider.DefaultAddress.Port!.Value);
        await client.GetStream().WriteAsync("GET / HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray());

        while (!(await NextAsync(warned.Reader)).Message.ToString()!.StartsWith("Rejected incoming connection", StringComparison.Ordinal))
        {
        }
    }

    // A second node reaches it, and it reaches that one.
    private async Task GoesOnAsync()
    {
        Assert.Null(CoordinatedShutdown.Get(_system).ShutdownReason);
        using var other = Start("a secret of these tests");
        other.ActorOf(Props.Create(() => new Echo()), "echo");
        await AskAsync(_system, other);
        await other.Terminate();
    }

    private static async Task AskAsync(ActorSystem from, ActorSystem to)
    {
        var echo = from.ActorSelection(new RootActorPath(((ExtendedActorSystem)to).Provider.DefaultAddress) / "user" / "echo");
        Assert.Equal("hello", await echo.Ask<string>("hello", Eventually.Generous));
    }

    private static Task<T> NextAsync<T>(ChannelReader<T> events) => Eventually.EndsAsync(events.ReadAsync().AsTask(), $"the next {typeof(T).Name}");

    private static ChannelReader<AssociationErrorEvent> Failures(ActorSystem system)
    {
        var failed = Channel.CreateUnbounded<AssociationErrorEvent>();
        system.EventStream.Subscribe(system.ActorOf(Props.Create(() => new To<AssociationErrorEvent>(failed.Writer))), typeof(AssociationErrorEvent));
        return failed.Reader;
    }

    private static ActorSystem Start(string secret)
    {
        var config = ConfigurationFactory.ParseString(
            """
            akka {
              actor.provider = remote
              remote.dot-netty.tcp.connection-timeout = 30s # a handshake is slow on a slow machine
              stdout-loglevel = OFF
              loggers = []
              loglevel = WARNING
            }
            """);
        return ActorSystem.Create("opencode", BootstrapSetup.Create().WithConfig(config.WithFallback(AkkaSettings.Of(_options))).And(ClusterTls.SetupOf([secret])));
    }

    private sealed class Echo : ReceiveActor
    {
        public Echo() => Receive<string>(message => Sender.Tell(message));
    }

    private sealed class To<T> : ReceiveActor
    {
        public To(ChannelWriter<T> writer) => Receive<T>(message => writer.TryWrite(message));
    }
}
