using Microsoft.Extensions.Logging;
using OpenCode.Actors.Journaling;
using OpenCode.Actors.Sessions.Journal;
using OpenCode.Actors.Sessions.Turns;

namespace OpenCode.Actors.Sessions;

/// <content>From the journal to a session that tells the truth: nobody is answered before.</content>
internal sealed partial class SessionActor
{
    private sealed record DeltasRead(IReadOnlyList<LogEntry> Deltas);

    private void BeginRecovery()
    {
        Context.Become(WhileRecovering);
        AskJournal(new JournalActor.Recover(_id.Value, _fence));
    }

    private ValueTask WhileRecovering(object message)
    {
        switch (message)
        {
            case JournalAnswer { Answer: JournalActor.Recovered m }:
                return OnRecovered(m);
            case JournalAnswer { Answer: JournalActor.RecoveryFailed m }:
                throw new InvalidOperationException($"{_id} could not be read from the journal: {m.Cause.Message}", m.Cause);
            case DeltasRead m:
                _state = Recovery.Fold(_state, m.Deltas);
                return Settle();
            case JournalAnswer m:
                TakeJournalAnswer(m.Answer);
                return _underWay is null ? BeReady() : ValueTask.CompletedTask;
            case Status.Failure m:
                throw new InvalidOperationException($"{_id} could not be recovered: {m.Cause.Message}", m.Cause);
            case Learn m:
                return OnLearn(m);
            case Runs.RunActor.Report or Terminated:
                return ValueTask.CompletedTask; // Of a run that did not outlive the last instance.
            default:
                Context.Stash.Stash();
                return ValueTask.CompletedTask;
        }
    }

    private ValueTask OnRecovered(JournalActor.Recovered message)
    {
        _setup.Metrics.Recovered();
        (_version, _offset) = (message.Version, message.Offset);
        var (state, openSince) = Recovery.Fold(message.Rows);
        _state = state;
        (_directory, _project) = (state.Info?.Directory, state.Info?.ProjectId);
        if (openSince is not { } after)
            return Settle();

        Context.PipeTo(ReadDeltasAsync(after), deltas => new DeltasRead(deltas));
        return ValueTask.CompletedTask;
    }

    private async ValueTask<IReadOnlyList<LogEntry>> ReadDeltasAsync(long after)
    {
        var deltas = new List<LogEntry>();
        try
        {
            await foreach (var page in _setup.Journal.ReadAsync(after, new EntryFilter(SessionId: _id.Value), Context.Incarnation))
                deltas.AddRange(page.Entries.Where(Recovery.IsDelta));
        }
        catch (JournalTrimmedException e)
        {
            LogDeltasGone(_logger, e, _id.Value);
        }

        return deltas;
    }

    // Promise: no part "running", no session "busy" without a live run; what waits for the user still waits.
    private ValueTask Settle()
    {
        _committed = _state;
        foreach (var mark in _state.Processes.Values)
            _setup.Processes.KillLeftover(mark);

        if (_state.Turn is not null)
        {
            var decision = NewDecision();
            if (Recovery.IsParked(_state))
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

        return _underWay is null ? BeReady() : ValueTask.CompletedTask;
    }

    private ValueTask BeReady()
    {
        Context.Unbecome();
        Context.SetReceiveTimeout(TimeSpan.FromMilliseconds(_setup.Options.PassivateAfterMs));
        TellRegion();
        Context.Parent.Tell(new Region.SessionsActor.Awake(_id), Self);
        Context.Stash.UnstashAll();
        return ValueTask.CompletedTask;
    }

    [LoggerMessage(EventId = 6004, Level = LogLevel.Warning, Message = "{SessionId} had a turn that the last life of the server did not end; it is closed as aborted.")]
    private static partial void LogTurnClosed(ILogger logger, string sessionId);

    [LoggerMessage(EventId = 6005, Level = LogLevel.Warning, Message = "The newest text of {SessionId} is no longer in the log; the part keeps what was stored.")]
    private static partial void LogDeltasGone(ILogger logger, Exception cause, string sessionId);
}
