using Akka.Actor;
using Microsoft.Extensions.Logging;

namespace OpenCode.Actors.Streams.Log;

/// <summary>The parent of the log's two actors: the tail that follows the journal, and the pages for clients behind the ring.</summary>
/// <remarks>A lost tail is a lost node: nothing that comes would be shown any more. So the end of either is the coordinated end of the node.</remarks>
internal sealed partial class EventLogActor : ReceiveActor
{
    private readonly EventLog _log;
    private readonly ILogger<EventLogActor> _logger;
    private readonly IActorRef _tail;
    private readonly IActorRef _pages;

    public EventLogActor(EventLog log, ILoggerFactory loggers)
    {
        _log = log;
        _logger = loggers.CreateLogger<EventLogActor>();
        _tail = Context.Watch(Context.ActorOf(LogTailActor.PropsFor(log), "tail"));
        _pages = Context.Watch(Context.ActorOf(LogPagesActor.PropsFor(log.Journal), "pages"));

        Receive<LogTailActor.ReportAt>(m => _tail.Forward(m));
        Receive<LogPagesActor.ReadPage>(m => _pages.Forward(m));
        Receive<Terminated>(OnTerminated);
    }

    public static Props PropsFor(EventLog log, ILoggerFactory loggers) => Props.Create(() => new EventLogActor(log, loggers));

    // Not restarted: what the tail could not read once is missing in the ring.
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(static _ => Directive.Stop);

    private void OnTerminated(Terminated message)
    {
        LogLost(_logger, message.ActorRef.Path, _log.Ring.End);
        _ = CoordinatedShutdown.Get(Context.System).Run(LogLostReason.Instance);
    }

    [LoggerMessage(EventId = 2001, Level = LogLevel.Critical,
        Message = "{Actor} has failed: no stream of this node would see what comes after {Offset}. The node stops; the failure above says why.")]
    private static partial void LogLost(ILogger logger, ActorPath actor, long offset);
}
