using Akka.Actor;
using Microsoft.Extensions.Logging;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Region;

namespace OpenCode.Actors.Sessions.Live;

/// <content>
/// Leaving memory: after a long idle time, when there is no session, when the journal refused an append, after a failure, or because its shard moves to another node. The parent
/// buffers commands meanwhile and starts the session again for them, so no command is lost to a stopped actor.
/// </content>
internal sealed partial class SessionActor
{
    // Of the 3 s that Akka gives a session to stop; the rest is for closing its turn, of which a tool that is slow to die takes 1.8 s.
    private static readonly TimeSpan _turnAtHandOff = TimeSpan.FromSeconds(1);

    private bool _isHandedOff;

    /// <summary>The shard cannot wait for the turn any longer.</summary>
    private sealed record TurnTimeOver : INotInfluenceReceiveTimeout;

    /// <summary>Leaves memory if there is no such session.</summary>
    private sealed record LeaveIfMissing : INotInfluenceReceiveTimeout;

    private void Leaving(Unavailable? refusal)
    {
        Receive<Leave>(_ => Context.Stop(Self));
        if (refusal is null)
            Receive<ISessionCommand>(HandBack);
        else
            Receive<ISessionCommand>(command => Refuse(command, Sender, refusal));
        ReceiveAny(static _ => { }); // Reports, timers and answers of the journal are of no use any more.
    }

    private void OnReceiveTimeout()
    {
        if (IsIdle)
            LeaveMemory();
    }

    // The stop message comes without having been asked for: the shard moves to another node. Nothing of a session that recovers is lost by that.
    private void OnHandOff()
    {
        LogHandedOff(_logger, _id.Value);
        _isHandedOff = true;
        if (!_isReady)
            LeaveMemory();
        else if (HasLiveRun && _closing is null && !_setup.Drain.HasBegun)
            AwaitTurnOfHandOff();
        else
            QuiesceSelf();
    }

    // turns-are-not-moved: it began after its shard was chosen as one without. A node that drains has waited already.
    private void AwaitTurnOfHandOff()
    {
        Timers.StartSingleTimer(nameof(TurnTimeOver), new TurnTimeOver(), _turnAtHandOff);
        _awaitQuiet.Add(Self);
        TellQuiet();
    }

    private void OnTurnOver()
    {
        Timers.Cancel(nameof(TurnTimeOver));
        _awaitQuiet.Remove(Self);
        QuiesceSelf();
    }

    private void QuiesceSelf() => Self.Tell(new Quiesce(), Self);

    // What was decided is durable, or refused.
    private void OnQuiet()
    {
        if (_isHandedOff)
            LeaveMemory();
    }

    private void OnLeaveIfMissing()
    {
        if (_state.Info is null && IsIdle && !ForgetTombstone())
            LeaveMemory();
    }

    // The tentative state was not committed. The next incarnation recovers the committed one.
    private void GiveUp(string reason)
    {
        LogGivenUp(_logger, _id.Value, reason);
        LeaveMemory();
    }

    // Not a failure of the session: another node has it, or this one may not claim it now.
    private void GiveUp(Unavailable refusal)
    {
        LogGivenUp(_logger, _id.Value, refusal.Reason);
        LeaveMemory(refusal);
    }

    // RULES C7: an error after the append, or in the recovery, is the session's own. The stop message carries it to the parent, which counts it.
    private void Fail(Exception cause)
    {
        LogFailed(_logger, cause, _id.Value);
        _setup.Metrics.Restarted("session");
        _setup.Failures?.Add(_id);
        LeaveMemory(Broken(cause), cause);
    }

    private void LeaveMemory(Unavailable? refusal = null, Exception? failure = null)
    {
        Context.SetReceiveTimeout(null);
        Timers.CancelAll();
        Become(() => Leaving(refusal));
        if (_isHandedOff)
            Context.Stop(Self);
        else
            Context.Parent.Tell(_setup.Passivate(new Leave(failure)));

        // Sharding would start it with its next command only, and there may be none.
        if (_isHandedOff && _committed.Turn is not null)
            _setup.RegionOf(Context).Tell(new Deliver(_id, Wake.Instance), ActorRefs.NoSender);

        if (refusal is not null)
        {
            RefuseAll(refusal);
            return;
        }

        foreach (var stashed in Stash.ClearStash())
        {
            if (stashed.Message is ISessionCommand)
                _setup.RegionOf(Context).Tell(new Deliver(_id, stashed.Message), stashed.Sender);
        }
    }

    private void HandBack(ISessionCommand command) => _setup.RegionOf(Context).Tell(new Deliver(_id, command), Sender);

    private Unavailable Broken(Exception failure) => new($"{_id} could not go on: {failure.Message}", _retryAfter);

    [LoggerMessage(EventId = 6003, Level = LogLevel.Warning, Message = "{SessionId} gives up what it had not committed and is read again at its next command: {Reason}")]
    private static partial void LogGivenUp(ILogger logger, string sessionId, string reason);

    [LoggerMessage(EventId = 6009, Level = LogLevel.Error, Message = "{SessionId} failed and leaves memory; it is read again at its next command.")]
    private static partial void LogFailed(ILogger logger, Exception cause, string sessionId);

    [LoggerMessage(EventId = 6010, Level = LogLevel.Information, Message = "{SessionId} is handed off to another node.")]
    private static partial void LogHandedOff(ILogger logger, string sessionId);
}
