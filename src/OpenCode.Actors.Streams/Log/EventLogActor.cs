using Microsoft.Extensions.Logging;

namespace OpenCode.Actors.Streams.Log;

/// <summary>The log's two actors under one roof: who follows the journal, and who reads it for those behind the ring.</summary>
/// <remarks>A lost tail is a lost node: nothing that comes would be shown any more. So the end of either is the coordinated end of the node.</remarks>
internal sealed partial class EventLogActor(EventLog log, ILoggerFactory loggers) : Actor
{
    private readonly ILogger<EventLogActor> _logger = loggers.CreateLogger<EventLogActor>();
    private IActorRef? _tail;
    private IActorRef? _pages;

    public static Props PropsFor(EventLog log, ILoggerFactory loggers) =>
        Props.Create(() => new EventLogActor(log, loggers)).WithMailbox(MailboxOptions.Unbounded);

    // Not restarted: what the tail could not read once is missing in the ring.
    protected override SupervisorStrategy SupervisorStrategy => SupervisorStrategy.Stopping;

    protected override ValueTask PreStartAsync()
    {
        _tail = Context.ActorOf(LogTailActor.PropsFor(log), "tail");
        _pages = Context.ActorOf(LogPagesActor.PropsFor(log.Journal), "pages");
        Context.Watch(_tail);
        Context.Watch(_pages);
        return ValueTask.CompletedTask;
    }

    protected override ValueTask ReceiveAsync(object message)
    {
        switch (message)
        {
            case LogTailActor.ReportAt:
                _tail!.Tell(message, Sender);
                break;
            case LogPagesActor.ReadPage:
                _pages!.Tell(message, Sender);
                break;
            case Terminated m:
                LogLost(_logger, m.Actor.Path, log.Ring.End);
                _ = Context.System.CoordinatedShutdown.RunAsync("the log is lost");
                break;
            default:
                return Unhandled(message);
        }

        return ValueTask.CompletedTask;
    }

    [LoggerMessage(EventId = 2001, Level = LogLevel.Critical,
        Message = "{Actor} has failed: no stream of this node would see what comes after {Offset}. The node stops; the failure above says why.")]
    private static partial void LogLost(ILogger logger, ActorPath actor, long offset);
}
