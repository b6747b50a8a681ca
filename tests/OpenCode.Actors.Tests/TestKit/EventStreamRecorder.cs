using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Event;
using AkkaLevel = Akka.Event.LogLevel;
using Level = Microsoft.Extensions.Logging.LogLevel;

namespace OpenCode.Actors.Tests.TestKit;

/// <summary>Receives what Akka publishes on the event stream, inside the publisher's call: an actor would need steps of its own to see it.</summary>
#pragma warning disable MA0097 // References to actors are compared by path; nothing compares this one.
internal sealed class EventStreamRecorder : MinimalActorRef
#pragma warning restore MA0097
{
    private readonly RecordingLogs _logs;
    private readonly ConcurrentQueue<AllDeadLetters> _deadLetters = new();
    private readonly ConcurrentQueue<UnhandledMessage> _unhandled = new();

    public EventStreamRecorder(ActorSystem system, RecordingLogs logs)
    {
        _logs = logs;
        Provider = ((ExtendedActorSystem)system).Provider;
        Path = Provider.RootPath / "test-recorder";

        // Without a logger Akka leaves the level at Debug.
        system.EventStream.SetLogLevel(Logging.LogLevelFor(system.Settings.LogLevel));
        foreach (var type in (Type[])[typeof(Warning), typeof(Error), typeof(DeadLetter), typeof(Dropped), typeof(UnhandledMessage)])
            system.EventStream.Subscribe(this, type);
    }

    public IReadOnlyCollection<AllDeadLetters> DeadLetters => _deadLetters;

    public IReadOnlyCollection<UnhandledMessage> Unhandled => _unhandled;

    public override ActorPath Path { get; }

    public override IActorRefProvider Provider { get; }

    protected override void TellInternal(object message, IActorRef sender)
    {
        switch (message)
        {
            case LogEvent log:
                _logs.Add(new LogRecord(LevelOf(log.LogLevel()), 0, $"{log.Message}", log.Cause));
                break;
            case UnhandledMessage unhandled:
                _unhandled.Enqueue(unhandled);
                break;
            case AllDeadLetters letter:
                _deadLetters.Enqueue(letter);
                break;
            default:
                break;
        }
    }

    private static Level LevelOf(AkkaLevel level) => level switch
    {
        AkkaLevel.ErrorLevel => Level.Error,
        AkkaLevel.WarningLevel => Level.Warning,
        AkkaLevel.InfoLevel => Level.Information,
        _ => Level.Debug,
    };
}
