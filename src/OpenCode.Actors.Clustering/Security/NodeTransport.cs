using System.Globalization;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.Event;
using Akka.Remote.Transport;
using Akka.Remote.Transport.DotNetty;

namespace OpenCode.Actors.Clustering.Security;

/// <summary>Akka's transport of TCP and TLS, for which a connection whose TLS fails is a failed connection and no more.</summary>
/// <remarks>
/// Akka.Remote ends its actor system when the TLS of a connection to another node fails. That happens also to a node whose peer is killed, or cut off, between the connect and the
/// end of the handshake: one node would take a second one with it. So the transport has an actor system of its own to end, where nothing runs and ending does nothing.
/// </remarks>
internal sealed class NodeTransport : Transport
{
    private const string Inner = "Akka.Remote.Transport.DotNetty.TcpTransport, Akka.Remote";
    private const string FlushWait = "akka.remote.flush-wait-on-shutdown"; // the one setting that it reads of the actor system

    private const string Settings =
        """
        akka {
          actor.provider = local
          loggers = []
          loglevel = WARNING
          stdout-loglevel = OFF
          log-dead-letters = off
          log-dead-letters-during-shutdown = off
          coordinated-shutdown {
            terminate-actor-system = off
            exit-clr = off
            run-by-clr-shutdown-hook = off
            run-by-actor-system-terminate = off
          }
        }
        """;

    private readonly ActorSystem _own;
    private readonly Transport _tcp;

    /// <summary>Initializes a new instance of the <see cref="NodeTransport"/> class. Called by Akka, for <c>akka.remote.dot-netty.tcp.transport-class</c>.</summary>
    /// <param name="system">The actor system whose messages it carries.</param>
    /// <param name="config">The settings of the transport.</param>
    public NodeTransport(ActorSystem system, Config config)
    {
        (System, Config) = (system, config);
        var flush = system.Settings.Config.GetTimeSpan(FlushWait);
        var settings = ConfigurationFactory.ParseString(Settings + string.Create(CultureInfo.InvariantCulture, $"\n{FlushWait} = {flush.TotalMilliseconds}ms"));
        var setup = ActorSystemSetup.Create(BootstrapSetup.Create().WithConfig(settings));
        if (system.Settings.Setup.Get<DotNettySslSetup>() is { HasValue: true } tls)
            setup = setup.WithSetup(tls.Value);

        // Of the same name: it is a part of the address.
        _own = ActorSystem.Create(system.Name, setup);
        _own.ActorOf(Props.Create(() => new LogForwarder(system.EventStream)), "log");
        _tcp = (Transport)Activator.CreateInstance(Type.GetType(Inner, throwOnError: true)!, _own, config)!;
    }

    /// <inheritdoc/>
    public override string SchemeIdentifier
    {
        get => _tcp.SchemeIdentifier;
        protected set => throw new NotSupportedException("The scheme is that of the inner transport.");
    }

    /// <inheritdoc/>
    public override long MaximumPayloadBytes
    {
        get => _tcp.MaximumPayloadBytes;
        protected set => throw new NotSupportedException("The limit is that of the inner transport.");
    }

    /// <inheritdoc/>
    public override Task<(Address, TaskCompletionSource<IAssociationEventListener>)> Listen() => _tcp.Listen();

    /// <inheritdoc/>
    public override bool IsResponsibleFor(Address remote) => _tcp.IsResponsibleFor(remote);

    /// <inheritdoc/>
    public override Task<AssociationHandle> Associate(Address remoteAddress) => _tcp.Associate(remoteAddress);

    /// <inheritdoc/>
    public override async Task<bool> Shutdown()
    {
        var isDone = await _tcp.Shutdown();
        await _own.Terminate();
        return isDone;
    }

    /// <inheritdoc/>
    public override Task<bool> ManagementCommand(object message) => _tcp.ManagementCommand(message);

    // What the transport logs goes where all is logged.
    private sealed class LogForwarder : ReceiveActor
    {
        public LogForwarder(EventStream log)
        {
            Receive<LogEvent>(log.Publish);
            Context.System.EventStream.Subscribe(Self, typeof(Warning));
            Context.System.EventStream.Subscribe(Self, typeof(Error));
        }
    }
}
