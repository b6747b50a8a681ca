using Akka.Actor;
using Akka.Event;
using Microsoft.Extensions.Logging;
using OpenCode.Actors.Sessions.Actors;

namespace OpenCode.Actors.Sessions.Tools.Servers;

/// <summary>The parent of the MCP servers of this node: a child for each server of each location, which is replaced when its configuration has changed.</summary>
internal sealed class ToolServersActor : ReceiveActor
{
    private readonly Dictionary<(string Directory, string Name), (IActorRef Actor, ToolServerSpec Spec)> _servers = [];
    private readonly IToolServerConnector _connector;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    public ToolServersActor(IToolServerConnector connector, TimeProvider time, ILogger<ToolServersActor> logger)
    {
        (_connector, _time, _logger) = (connector, time, logger);
        Receive<Reach>(m => Find(m).Forward(m.AtOnce ? new ToolServerActor.Retry() : new ToolServerActor.Reach()));
        Receive<EndUnconfigured>(OnEndUnconfigured);
        Receive<Terminated>(m => Forget(m.ActorRef));
    }

    /// <summary>Requests the connection to a server. The answer is <see cref="ToolServerActor.Reached"/>.</summary>
    /// <param name="Directory">The location.</param>
    /// <param name="Spec">The server, as the location configures it now.</param>
    /// <param name="AtOnce">Whether it is tried at once, however often it failed.</param>
    public sealed record Reach(string Directory, ToolServerSpec Spec, bool AtOnce = false);

    /// <summary>Ends the servers of a location that are not configured any more.</summary>
    /// <param name="Directory">The location.</param>
    /// <param name="Names">Those that are.</param>
    public sealed record EndUnconfigured(string Directory, IReadOnlyList<string> Names) : IDeadLetterSuppression;

    public static Props PropsFor(IToolServerConnector connector, TimeProvider time, ILogger<ToolServersActor> logger) =>
        Props.CreateBy(new ActorProducer<ToolServersActor>(() => new ToolServersActor(connector, time, logger)));

    // A server that fails has answered its waiting requests; the next request starts it again.
    protected override SupervisorStrategy SupervisorStrategy() => Akka.Actor.SupervisorStrategy.StoppingStrategy;

    private IActorRef Find(Reach message)
    {
        var key = (message.Directory, message.Spec.Name);
        if (_servers.TryGetValue(key, out var known))
        {
            if (known.Spec.IsLike(message.Spec))
                return known.Actor;

            Context.Stop(known.Actor);
        }

        var server = Context.Watch(Context.ActorOf(ToolServerActor.PropsFor(message.Spec, message.Directory, _connector, _time, _logger)));
        _servers[key] = (server, message.Spec);
        return server;
    }

    private void OnEndUnconfigured(EndUnconfigured message)
    {
        foreach (var (key, server) in _servers.Where(known => known.Key.Directory == message.Directory && !message.Names.Contains(known.Key.Name, StringComparer.Ordinal)).ToList())
        {
            _servers.Remove(key);
            Context.Stop(server.Actor);
        }
    }

    private void Forget(IActorRef gone)
    {
        foreach (var key in _servers.Where(known => known.Value.Actor.Equals(gone)).Select(static known => known.Key).ToList())
            _servers.Remove(key);
    }
}
