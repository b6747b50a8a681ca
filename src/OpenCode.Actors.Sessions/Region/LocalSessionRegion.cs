using Akka.Actor;
using Microsoft.Extensions.Logging;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Metrics;

namespace OpenCode.Actors.Sessions.Region;

/// <summary>The parent of all sessions on one node: starts a session at the first message for it, and lets it leave memory. A child per entity, as in a shard.</summary>
/// <remarks>
/// A session that leaves memory gets no more messages: its commands are kept, and start it again. A session that fails is stopped, not restarted in place, and starts anew
/// at its next message; after three failures within a minute it is refused for a while (rule "A session never throws").
/// </remarks>
internal sealed partial class LocalSessionRegion : ReceiveActor
{
    private readonly Func<SessionId, Props> _propsFor;
    private readonly SessionMetrics _metrics;
    private readonly ILogger _logger;
    private readonly Dictionary<SessionId, Child> _children = [];
    private readonly RecentFailures _failures;

    // While the server stops: the sessions that have not answered yet, and the asker.
    private readonly HashSet<SessionId> _unquiet = [];
    private IActorRef? _quiescer;
    private bool _isQuiescing;

    public LocalSessionRegion(Func<SessionId, Props> propsFor, TimeProvider time, SessionMetrics metrics, ILogger<LocalSessionRegion> logger)
    {
        (_propsFor, _metrics, _logger, _failures) = (propsFor, metrics, logger, new RecentFailures(time));

        Receive<Deliver>(OnDeliver);
        Receive<Passivate>(OnPassivate);
        Receive<Terminated>(OnTerminated);
        Receive<Quiesce>(_ => OnQuiesce());
        Receive<Commands.Quiesced>(_ => OnQuiet());
        Receive<StorageFull>(_ => OnQuiet());
        Receive<Unavailable>(_ => OnQuiet());
    }

    /// <summary>Closes every open turn as aborted, except those that only wait for their user (rule "Waiting turns stay open"), and refuses new work; answered with <see cref="Quiesced"/>.</summary>
    /// <remarks>The server stops.</remarks>
    public sealed record Quiesce;

    /// <summary>No turn runs and none will begin. The events of that are durable, but for sessions that could not write them: the next start closes their turns.</summary>
    public sealed record Quiesced;

    // A session in memory. While it leaves, its commands are kept.
    private sealed class Child(IActorRef actor)
    {
        public IActorRef Actor { get; } = actor;

        public Queue<(object Command, IActorRef Sender)>? Kept { get; set; }
    }

    /// <summary>Makes a region.</summary>
    /// <param name="propsFor">How to make a session.</param>
    /// <param name="time">The clock that failures are counted by.</param>
    /// <param name="metrics">What is counted.</param>
    /// <param name="logger">The log.</param>
    public static Props PropsFor(Func<SessionId, Props> propsFor, TimeProvider time, SessionMetrics metrics, ILogger<LocalSessionRegion> logger) =>
        Props.Create(() => new LocalSessionRegion(propsFor, time, metrics, logger));

    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(
        cause =>
        {
            LogThrown(_logger, cause, Sender.Path.Name);
            _metrics.Restarted("session");
            _failures.Add(IdOf(Sender));
            return Directive.Stop;
        },
        loggingEnabled: false);

    protected override void PreRestart(Exception reason, object message)
    {
        LogRestarting(_logger, reason, _children.Count);
        _metrics.Restarted("region");

        // The next incarnation has no sessions when it takes this: it answers at once, and tells every session that is started later.
        if (_isQuiescing)
            Self.Tell(new Quiesce(), _quiescer ?? ActorRefs.Nobody);
        base.PreRestart(reason, message);
    }

    protected override void PostStop()
    {
        foreach (var (id, child) in _children)
        {
            foreach (var (command, sender) in child.Kept ?? [])
                Refuse(sender, id, command, new Unavailable("The region of sessions was stopped. Nothing was changed. Send the command again.", TimeSpan.FromSeconds(1)));
        }
    }

    private static SessionId IdOf(IActorRef child) => new(child.Path.Name);

    private void OnDeliver(Deliver message)
    {
        var (id, command) = message;
        if (_children.TryGetValue(id, out var child))
        {
            if (child.Kept is { } kept)
                kept.Enqueue((command, Sender));
            else
                child.Actor.Forward(command);
        }
        else if (_failures.RefusedFor(id) is { } wait)
        {
            Refuse(Sender, id, command, new Unavailable($"{id} failed again and again; it is tried again in {wait.TotalSeconds:0} s. Nothing was changed. Send the command again then; the server's log has the cause.", wait));
        }
        else
        {
            Start(id).Forward(command);
        }
    }

    private static void Refuse(IActorRef sender, SessionId id, object command, Unavailable refusal) =>
        sender.Tell(command is Wake ? new Awake(id) : refusal);

    private IActorRef Start(SessionId id)
    {
        var child = new Child(Context.Watch(Context.ActorOf(_propsFor(id), id.Value)));
        _children.Add(id, child);
        if (_isQuiescing)
            child.Actor.Tell(new Commands.Quiesce());
        return child.Actor;
    }

    private void OnPassivate(Passivate message)
    {
        var id = IdOf(Sender);
        if (!_children.TryGetValue(id, out var child) || !child.Actor.Equals(Sender) || child.Kept is not null)
            return;

        if (message.StopMessage.Failure is not null)
            _failures.Add(id);
        child.Kept = [];
        child.Actor.Tell(message.StopMessage);
    }

    private void OnTerminated(Terminated message)
    {
        var id = IdOf(message.ActorRef);
        _children.Remove(id, out var child);
        _unquiet.Remove(id);
        ReportQuiet();
        foreach (var (command, sender) in child?.Kept ?? [])
            Self.Tell(new Deliver(id, command), sender);
    }

    // A session that is started later gets the same message as its first one.
    private void OnQuiesce()
    {
        (_quiescer, _isQuiescing) = (Sender, true);
        foreach (var (id, child) in _children)
        {
            _unquiet.Add(id);
            child.Actor.Tell(new Commands.Quiesce());
        }

        ReportQuiet();
    }

    // Also by a refusal: a session that cannot write the end of its turn is not waited for, the next start closes it.
    private void OnQuiet()
    {
        _unquiet.Remove(IdOf(Sender));
        ReportQuiet();
    }

    private void ReportQuiet()
    {
        if (_unquiet.Count > 0)
            return;

        _quiescer?.Tell(new Quiesced());
        _quiescer = null;
    }

    [LoggerMessage(EventId = 6030, Level = LogLevel.Error, Message = "{SessionId} threw and was stopped; it is read from the journal again at its next command.")]
    private static partial void LogThrown(ILogger logger, Exception cause, string sessionId);

    [LoggerMessage(EventId = 6039, Level = LogLevel.Error, Message = "The region failed and restarts; its {Sessions} sessions are stopped and start anew at their next command.")]
    private static partial void LogRestarting(ILogger logger, Exception cause, int sessions);
}
