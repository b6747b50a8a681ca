using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.Event;
using Akka.Remote;
using OpenCode.Actors.Clustering.Members;
using OpenCode.Actors.Clustering.Members.Doors;
using OpenCode.Actors.Clustering.Security;
using OpenCode.Actors.Clustering.Settings;
using OpenCode.Actors.EndToEnd.Harness;

namespace OpenCode.Actors.EndToEnd.Clustering.Security;

public sealed class ClusterTlsTests
{
    private const string Old = "the old secret of it";
    private const string New = "the new secret of it";

    private static readonly ClusterNodeOptions _options = new() { Name = "n", AdvertisedHost = "127.0.0.1", Port = 0 };

    [Theory]
    [InlineData(Old, Old, true)]
    [InlineData(Old, New, false)]
    [InlineData(Old, null, false)]
    [InlineData(Old, Old + "," + New, true)]
    [InlineData(Old + "," + New, New + "," + Old, true)]
    [InlineData(New + "," + Old, New, true)]
    [InlineData(Old, New + "," + Old, false)]
    public async Task Only_who_presents_a_secret_that_the_other_knows_gets_an_answer(string one, string? other, bool answers)
    {
        var handshakeLimit = answers ? "30s" : "2s"; // What is refused may also stand still until then.
        using var a = Start(one, handshakeLimit);
        using var b = Start(other, handshakeLimit);
        a.ActorOf(Props.Create(() => new Echo()), "echo");
        var address = ((ExtendedActorSystem)a).Provider.DefaultAddress;
        var path = new RootActorPath(other is null ? address.WithProtocol("akka.tcp") : address) / "user" / "echo";

        var refused = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var broken = b.ActorOf(Props.Create(() => new Watcher(refused)));
        b.EventStream.Subscribe(broken, typeof(AssociationErrorEvent));
        b.EventStream.Subscribe(broken, typeof(DisassociatedEvent));

        var said = await Task.WhenAny(b.ActorSelection(path).Ask<string>("hello"), refused.Task, Task.Delay(Eventually.Generous)) is Task<string> answer ? await answer : null;

        Assert.Equal(answers ? "hello" : null, said);
        await Task.WhenAll(a.Terminate(), b.Terminate());
    }

    [Fact]
    public async Task A_probe_finds_a_node_and_leaves_an_error_in_its_log_only_if_the_secrets_differ()
    {
        using var a = Start(Old, loglevel: "WARNING");
        var address = ((ExtendedActorSystem)a).Provider.DefaultAddress;
        var errors = new ConcurrentQueue<string>();
        a.EventStream.Subscribe(a.ActorOf(Props.Create(() => new Collector(errors))), typeof(LogEvent));
        var probe = new TcpPortProbe(TimeProvider.System, ClusterTls.SetupOf([Old]));

        for (var i = 0; i < 20; i++)
            Assert.Equal(PortAnswer.Accepts, await probe.AskAsync(address, Eventually.Generous, default));
        using var b = Start(Old);
        a.ActorOf(Props.Create(() => new Echo()), "echo");
        Assert.Equal("hello", await b.ActorSelection(new RootActorPath(address) / "user" / "echo").Ask<string>("hello", Eventually.Generous)); // By now the node has seen them end.
        Assert.Equal("", string.Join('\n', errors));
        Assert.Equal(PortAnswer.Accepts, await new TcpPortProbe(TimeProvider.System, ClusterTls.SetupOf([New])).AskAsync(address, Eventually.Generous, default));
        await Eventually.TrueAsync(() => !errors.IsEmpty, "the other secret is an error in the log");

        await Task.WhenAll(a.Terminate(), b.Terminate());
        Assert.Equal(PortAnswer.Refuses, await probe.AskAsync(address, Eventually.Generous, default));
    }

    [Fact]
    public async Task A_port_that_only_takes_connections_is_no_node()
    {
        var time = new ManualTime();
        var probe = new TcpPortProbe(time, ClusterTls.SetupOf([Old]));
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var address = new Address("akka.ssl.tcp", "tls", "127.0.0.1", ((IPEndPoint)listener.LocalEndpoint).Port);

        var (pause, limit) = (TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(500));
        var asked = probe.AskAsync(address, limit, default).AsTask();
        using (await listener.AcceptTcpClientAsync()) // As one that stands still.
        {
            time.Advance(limit);
            Assert.Equal(PortAnswer.Silent, await Eventually.EndsAsync(asked, "the probe"));
        }

        asked = probe.AskAsync(address, limit, default).AsTask();
        for (var i = 0; i < 2; i++)
        {
            (await listener.AcceptTcpClientAsync()).Dispose(); // As what forwards the port of a node that has ended; but a node that is busy may do so once.
            await Eventually.TrueAsync(() => time.NextTimer <= pause, "the probe pauses");
            Assert.False(asked.IsCompleted, "it counted as gone before the limit");
            time.Advance(pause);
        }

        time.Advance(limit);
        Assert.Equal(PortAnswer.Silent, await Eventually.EndsAsync(asked, "the probe"));
        Assert.Equal(PortAnswer.Accepts, await new TcpPortProbe(TimeProvider.System, tls: null).AskAsync(address, Eventually.Generous, default));
    }

    private static ActorSystem Start(string? secrets, string handshakeLimit = "30s", string loglevel = "OFF")
    {
        var config = ConfigurationFactory.ParseString(
            $$"""
            akka {
              stdout-loglevel = OFF
              loglevel = {{loglevel}}
              loggers = []
              actor.provider = remote
              remote.dot-netty.tcp.enable-ssl = {{(secrets is null ? "off" : "on")}}
              remote.dot-netty.tcp.connection-timeout = {{handshakeLimit}}
              coordinated-shutdown.run-by-actor-system-terminate = off
            }
            """);
        var bootstrap = BootstrapSetup.Create().WithConfig(config.WithFallback(AkkaSettings.Of(_options)));
        return ActorSystem.Create("tls", secrets is null ? ActorSystemSetup.Create(bootstrap) : bootstrap.And(ClusterTls.SetupOf(secrets.Split(','))));
    }

    private sealed class Watcher : ReceiveActor
    {
        public Watcher(TaskCompletionSource refused) => ReceiveAny(_ => refused.TrySetResult());
    }

    private sealed class Collector : ReceiveActor
    {
        public Collector(ConcurrentQueue<string> errors) => Receive<LogEvent>(e =>
        {
            if (e is Error or Warning)
                errors.Enqueue($"{e.LogSource}: {e.Message}");
        });
    }

    private sealed class Echo : ReceiveActor
    {
        public Echo() => Receive<string>(message => Sender.Tell(message));
    }
}
