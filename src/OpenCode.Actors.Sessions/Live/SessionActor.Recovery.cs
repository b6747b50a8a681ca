using Akka.Actor;
using Akka.Event;
using Microsoft.Extensions.Logging;
using OpenCode.Actors.Journal;
using OpenCode.Actors.Journal.Nodes;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Journal;
using OpenCode.Actors.Sessions.Reads;
using OpenCode.Actors.Sessions.Turns;
using LogLevel = Microsoft.Extensions.Logging.LogLevel;

namespace OpenCode.Actors.Sessions.Live;

/// <content>Recovery: rows, then deltas, then the end of what cannot go on. No command is answered before.</content>
internal sealed partial class SessionActor
{
    private bool _isRead;
    private bool _isTaught;
    private bool _isReady;

    /// <summary>The streamed text behind the stored parts was read from the log.</summary>
    private sealed record DeltasRead(IReadOnlyList<LogEntry> Deltas) : IDeadLetterSuppression;

    /// <summary>The session could not be read; it gives up.</summary>
    private sealed record RecoveryBroken(Exception Cause) : IDeadLetterSuppression;

    /// <summary>The index has read the learned rules: the session may decide.</summary>
    private sealed record RulesLearned : INotInfluenceReceiveTimeout, IDeadLetterSuppression;

    private void Recovering()
    {
        Receive<JournalActor.Recovered>(OnRecovered);
        Receive<JournalActor.RecoveryFailed>(m => OnRecoveryFailed(m.Cause));
        Receive<DeltasRead>(OnDeltasRead);
        Receive<RecoveryBroken>(m => Fail(m.Cause));
        Receive<RulesLearned>(_ => OnRulesLearned());
        JournalAnswers();

        Receive<ISessionCommand>(PutOff);
        Receive<Quiesce>(PutOff);
        Receive<AwaitQuiet>(PutOff);
        Receive<Leave>(_ => OnHandOff());
        Receive<Terminated>(OnTerminated);
    }

    private void BeginRecovery()
    {
        if (_setup.Failures?.RefusedFor(_id) is { } wait)
        {
            LeaveMemory(new Unavailable($"{_id} failed again and again; it is tried again in {wait.TotalSeconds:0} s. Nothing was changed.", wait));
            return;
        }

        _journal.Tell(new JournalActor.Recover(_id.Value));

        // A decision before the index has read the learned rules would ask the user for what is allowed already.
        if (_setup.Learned.IsFilled)
            _isTaught = true;
        else
            WaitForRulesAsync().PipeTo(Self, success: static () => new RulesLearned());
    }

    private async Task WaitForRulesAsync() => await _setup.Learned.WhenFilled;

    private void OnRulesLearned()
    {
        _isTaught = true;
        Settle();
    }

    private void OnRecovered(JournalActor.Recovered message)
    {
        _setup.Metrics.Recovered();
        (_version, _offset) = (message.Version, message.Offset);
        (_state, var openSince) = Recovery.Fold(message.Rows);
        (_directory, _project) = (_state.Info?.Directory, _state.Info?.ProjectId);
        if (openSince is { } after)
        {
            new SessionReader(_setup.Journal, _logger).ReadDeltasAsync(_id, after, _stopped.Token).PipeTo(Self, success: static deltas => new DeltasRead(deltas), failure: static cause => new RecoveryBroken(cause));
            return;
        }

        _isRead = true;
        Settle();
    }

    // Without a claim nothing was read: not the session's failure.
    private void OnRecoveryFailed(Exception cause)
    {
        switch (cause)
        {
            case ArbiterAwayException:
                GiveUp(new Unavailable($"{_id} cannot be claimed now: {cause.Message} Nothing was changed.", _retryAfter));
                break;
            case DeclaredDeadException:
                GiveUp(new Moved($"{_id} cannot be claimed by this node: {cause.Message}", _retryAfter));
                break;
            default:
                Fail(cause);
                break;
        }
    }

    private void OnDeltasRead(DeltasRead message)
    {
        _state = Recovery.Fold(_state, message.Deltas);
        _isRead = true;
        Settle();
    }

    // Promise 6: no part "running" and no session "busy" without a live run; a request that waits for the user still waits.
    private void Settle()
    {
        if (!_isRead || !_isTaught)
            return;

        (_committed, _recoveredAt) = (_state, _setup.Now);
        foreach (var mark in _state.Processes.Values)
            _setup.Processes.KillLeftover(mark);

        if (_state.Turn is null || (_state.Turn.IsHeld && _setup.Drain.HasBegun))
        {
            BeReady();
            return;
        }

        var decision = NewDecision();
        if (_state.Turn.IsHeld)
        {
            Holding.Release(decision);
        }
        else if (Recovery.IsParked(_state))
        {
            Recovery.Park(decision);
        }
        else
        {
            LogTurnClosed(_logger, _id.Value);
            _setup.Metrics.TurnClosed();
            Closing.Close(decision, CloseCause.ServerStopped);
        }

        Commit(decision);
    }

    private void BeReady()
    {
        _isReady = true;
        Become(Ready);
        Context.SetReceiveTimeout(TimeSpan.FromMilliseconds(_setup.Options.PassivateAfterMs));
        Stash.UnstashAll();

        // Sent behind the stashed commands, of which one may be a Create. Otherwise no actor stays for a name without a session.
        if (_state.Info is null)
            Self.Tell(new LeaveIfMissing());
    }

    [LoggerMessage(EventId = 6004, Level = LogLevel.Warning, Message = "{SessionId} had a turn that the last life of the server did not end; it is closed as aborted.")]
    private static partial void LogTurnClosed(ILogger logger, string sessionId);
}
