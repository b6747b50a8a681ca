using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;
using OpenCode.Actors.Clustering.Security;

namespace OpenCode.Actors.Tests.Clustering.Security;

public sealed class ClusterTlsTests
{
    private const string Old = "the old secret of it";
    private const string New = "the new secret of it";

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
        using var a = Start(one);
        using var b = Start(other);
        a.ActorOf(Props.Create(() => new Echo()), "echo");
        var address = ((ExtendedActorSystem)a).Provider.DefaultAddress;
        var path = new RootActorPath(other is null ? address.WithProtocol("akka.tcp") : address) / "user" / "echo";

        var said = await Task.WhenAny(b.ActorSelection(path).Ask<string>("hello"), Task.Delay(answers ? 5_000 : 1_000)) is Task<string> answer ? await answer : null;

        Assert.Equal(answers ? "hello" : null, said);
        await Task.WhenAll(a.Terminate(), b.Terminate());
    }

    private static ActorSystem Start(string? secrets)
    {
        var config = ConfigurationFactory.ParseString(
            $$"""
            akka {
              stdout-loglevel = OFF
              loglevel = OFF
              actor.provider = remote
              remote.dot-netty.tcp {
                hostname = "127.0.0.1"
                port = 0
                enable-ssl = {{(secrets is null ? "off" : "on")}}
              }
              coordinated-shutdown.run-by-clr-shutdown-hook = off
              coordinated-shutdown.exit-clr = off
            }
            """);
        var bootstrap = BootstrapSetup.Create().WithConfig(config);
        return ActorSystem.Create("tls", secrets is null ? ActorSystemSetup.Create(bootstrap) : bootstrap.And(ClusterTls.SetupOf(secrets.Split(','))));
    }

    private sealed class Echo : ReceiveActor
    {
        public Echo() => Receive<string>(message => Sender.Tell(message));
    }
}
