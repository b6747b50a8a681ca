using Akka.Actor;
using Microsoft.Extensions.Logging;
using OpenCode.Actors.Sessions.Region;

namespace OpenCode.Actors.Sessions;

/// <content>
/// Leaving memory: after a long idle time, when there is no session, when the journal refused an append, or after a failure. The parent buffers commands meanwhile and starts
/// the session again for them, so no command is lost to a stopped actor.
/// </content>
internal sealed partial class SessionActor
{
    /// <summary>Leaves memory if there is no such session.</summary>
    private sealed record LeaveIfMissing : INotInfluenceReceiveTimeout;

    private void Leaving(Exception? failure)
    {
        Receive<Leave>(_ => Context.Stop(Self));
        if (failure is null)
            Receive<ISessionCommand>(HandBack);
        else
            Receive<ISessionCommand>(command => Refuse(command, Sender, Broken(failure)));
        ReceiveAny(static _ => { }); // Reports, timers and answers of the journal are of no use any more.
    }

    private void OnReceiveTimeout()
    {
        if (IsIdle)
            LeaveMemory();
    }

    private void OnLeaveIfMissing()
    {
        if (_state.Info is null && IsIdle)
            LeaveMemory();
    }

    // The tentative state was not committed. The next incarnation recovers the committed one.
    private void GiveUp(string reason)
    {
        LogGivenUp(_logger, _id.Value, reason);
        LeaveMemory();
    }

    // RULES C7: an error after the append, or in the recovery, is the session's own. The stop message carries it to the parent, which counts it.
    private void Fail(Exception cause)
    {
        LogFailed(_logger, cause, _id.Value);
        _setup.Metrics.Restarted("session");
        LeaveMemory(cause);
    }

    private void LeaveMemory(Exception? failure = null)
    {
        Context.SetReceiveTimeout(null);
        Timers.CancelAll();
        Become(() => Leaving(failure));
        Context.Parent.Tell(new Passivate(new Leave(failure)));
        if (failure is not null)
        {
            RefuseAll(Broken(failure));
            return;
        }

        foreach (var stashed in Stash.ClearStash())
        {
            if (stashed.Message is ISessionCommand)
                Context.Parent.Tell(new Deliver(_id, stashed.Message), stashed.Sender);
        }
    }

    private void HandBack(ISessionCommand command) => Context.Parent.Tell(new Deliver(_id, command), Sender);

    private Unavailable Broken(Exception failure) => new($"{_id} could not go on: {failure.Message}", _retryAfter);

    [LoggerMessage(EventId = 6003, Level = LogLevel.Warning, Message = "{SessionId} gives up what it had not committed and is read again at its next command: {Reason}")]
    private static partial void LogGivenUp(ILogger logger, string sessionId, string reason);

    [LoggerMessage(EventId = 6009, Level = LogLevel.Error, Message = "{SessionId} failed and leaves memory; it is read again at its next command.")]
    private static partial void LogFailed(ILogger logger, Exception cause, string sessionId);
}
