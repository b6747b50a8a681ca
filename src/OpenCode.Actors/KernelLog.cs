using Microsoft.Extensions.Logging;

namespace OpenCode.Actors;

/// <summary>What the kernel says. Event ids 1000 to 1999 are its own.</summary>
internal sealed partial class KernelLog(ILogger logger)
{
    [LoggerMessage(EventId = 1000, Level = LogLevel.Error, Message = "{Actor} failed; it is restarted.")]
    public partial void Restarting(ActorPath actor, Exception cause);

    [LoggerMessage(EventId = 1001, Level = LogLevel.Error, Message = "{Actor} failed; it is stopped.")]
    public partial void Stopping(ActorPath actor, Exception cause);

    [LoggerMessage(EventId = 1002, Level = LogLevel.Warning, Message = "{Actor} failed; the message is dropped and it goes on.")]
    public partial void Resuming(ActorPath actor, Exception cause);

    [LoggerMessage(EventId = 1003, Level = LogLevel.Warning, Message = "{Actor} failed; its supervisor fails for the same reason.")]
    public partial void Escalating(ActorPath actor, Exception cause);

    [LoggerMessage(EventId = 1004, Level = LogLevel.Warning, Message = "{Actor} failed while it was stopping.")]
    public partial void FailedWhileStopping(ActorPath actor, Exception cause);

    [LoggerMessage(EventId = 1005, Level = LogLevel.Warning, Message = "{Actor} failed again before its supervisor had decided about the first failure.")]
    public partial void FailedAgain(ActorPath actor, Exception cause);

    [LoggerMessage(EventId = 1006, Level = LogLevel.Error, Message = "{Hook} of {Actor} failed; it goes on without it.")]
    public partial void HookFailed(string hook, ActorPath actor, Exception cause);

    [LoggerMessage(EventId = 1007, Level = LogLevel.Error, Message = "The supervisor strategy of {Supervisor} failed over {Child}; the failure is escalated.")]
    public partial void DeciderFailed(ActorPath supervisor, ActorPath child, Exception cause);

    [LoggerMessage(EventId = 1008, Level = LogLevel.Critical, Message = "{Actor} failed for a reason the process cannot survive; shutting down.")]
    public partial void Fatal(ActorPath actor, Exception cause);

    [LoggerMessage(EventId = 1009, Level = LogLevel.Critical, Message = "A failure reached the root; the actor system ends.")]
    public partial void RootFailed(Exception cause);

    [LoggerMessage(EventId = 1010, Level = LogLevel.Critical, Message = "The kernel failed in the lifecycle of {Actor}. This is a bug of the kernel.")]
    public partial void KernelFault(ActorPath actor, Exception cause);

    [LoggerMessage(EventId = 1011, Level = LogLevel.Warning, Message = "{Actor} was given up on {MessageType}: the code ignores the token of its incarnation.")]
    public partial void ZombieLeft(ActorPath actor, string messageType);

    [LoggerMessage(EventId = 1012, Level = LogLevel.Information, Message = "Code that {Actor} had given up has ended; its result is discarded.")]
    public partial void ZombieEnded(ActorPath actor, Exception? cause);

    [LoggerMessage(EventId = 1013, Level = LogLevel.Warning, Message = "{Actor} held its thread for {Milliseconds} ms on {MessageType} or one of the few messages before it. Let it await, or run it on the blocking dispatcher.")]
    public partial void SlowMessage(ActorPath actor, long milliseconds, string messageType);

    [LoggerMessage(EventId = 1014, Level = LogLevel.Information, Message = "{MessageType} from {Sender} to {Recipient} was not delivered: {Reason}.")]
    public partial void DeadLetter(string messageType, ActorPath? sender, ActorPath recipient, DeadLetterReason reason);

    [LoggerMessage(EventId = 1015, Level = LogLevel.Information, Message = "More dead letters follow and are not logged for {Silence}; they are counted and published.")]
    public partial void DeadLettersSilenced(TimeSpan silence);

    [LoggerMessage(EventId = 1016, Level = LogLevel.Information, Message = "{Count} dead letters were not logged.")]
    public partial void DeadLettersResumed(long count);

    [LoggerMessage(EventId = 1020, Level = LogLevel.Information, Message = "Coordinated shutdown begins: {Reason}.")]
    public partial void ShutdownBegins(string reason);

    [LoggerMessage(EventId = 1021, Level = LogLevel.Error, Message = "Shutdown task {Task} in phase {Phase} failed; the next phase runs.")]
    public partial void ShutdownTaskFailed(string task, string phase, Exception cause);

    [LoggerMessage(EventId = 1022, Level = LogLevel.Error, Message = "Shutdown task {Task} in phase {Phase} did not end in the time that was left; the next phase runs.")]
    public partial void ShutdownTaskTimedOut(string task, string phase);

    [LoggerMessage(EventId = 1023, Level = LogLevel.Information, Message = "Coordinated shutdown has ended.")]
    public partial void ShutdownEnded();
}
