using Akka.Actor;
using Akka.Event;
using Microsoft.Extensions.Logging;
using OpenCode.Actors.Journal;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Sessions.Journal;
using OpenCode.Actors.Sessions.Reads;
using OpenCode.Actors.Sessions.Setup;
using OpenCode.Actors.Sessions.State;
using OpenCode.Actors.Sessions.Turns;
using LogLevel = Microsoft.Extensions.Logging.LogLevel;

namespace OpenCode.Actors.Sessions.Live;

/// <summary>Reads what a session needs before its first decision: its rows, the streamed text behind them, and the rules that users allowed with <c>always</c>.</summary>
internal sealed partial class SessionRecovery(SessionId id, SessionSetup setup, ILogger logger)
{
    private SessionState _state = SessionState.None;
    private long _version;
    private long _offset;
    private bool _isRead;
    private bool _hasRules;

    /// <summary>Gets a value indicating whether all of it is there.</summary>
    public bool IsComplete => _isRead && _hasRules;

    /// <summary>Begins to read. The session gets <see cref="JournalActor.Recovered"/> or a failure, and <see cref="RulesLearned"/>.</summary>
    public void Begin(IActorRef journal, IActorRef session)
    {
        journal.Tell(new JournalActor.Recover(id.Value), session);

        // A decision before the index has read the learned rules would ask the user for what is allowed already.
        if (setup.Learned.IsFilled)
            _hasRules = true;
        else
            WaitForRulesAsync().PipeTo(session, success: static () => new RulesLearned(), failure: static cause => new Broken(cause));
    }

    /// <summary>Takes the rows. If a part was being streamed into, the session gets <see cref="DeltasRead"/> or <see cref="Broken"/>.</summary>
    public void Take(JournalActor.Recovered rows, IActorRef session, CancellationToken cancellationToken)
    {
        setup.Metrics.Recovered();
        (_version, _offset) = (rows.Version, rows.Offset);
        (_state, var openSince) = SessionFold.FoldRows(rows.Rows);
        _isRead = openSince is null;
        if (openSince is { } after)
        {
            new SessionReader(setup.Journal, logger).ReadDeltasAsync(id, after, cancellationToken)
                .PipeTo(session, success: static deltas => new DeltasRead(deltas), failure: static cause => new Broken(cause));
        }
    }

    /// <summary>Takes the streamed text.</summary>
    public void Take(DeltasRead message)
    {
        _state = SessionFold.FoldDeltas(_state, message.Deltas);
        _isRead = true;
    }

    /// <summary>The rules are there.</summary>
    public void TakeLearnedRules() => _hasRules = true;

    /// <summary>Starts the session from what was read: nothing shows as running without a live run, and processes that the last life left are killed.</summary>
    /// <returns>The decision about an open turn and an undo that has not ended, to be committed; null when there is neither.</returns>
    public Decision? TakeUp(Committer committer)
    {
        committer.Begin(_state, _version, _offset);
        foreach (var mark in _state.Processes.Values)
            setup.Processes.KillLeftover(mark);
        var isAtRest = _state.Turn is null || (_state.Turn.IsHeld && setup.Drain.HasBegun);
        if (isAtRest && _state.Undo is null)
            return null;

        var decision = committer.NewDecision();
        if (_state.Undo is { } undo)
            decision.Orders.Add(new RestoreFiles(undo));
        if (!isAtRest && !Resuming.Resume(decision))
        {
            LogTurnClosed(logger, id.Value);
            setup.Metrics.TurnClosed();
        }

        return decision;
    }

    private async Task WaitForRulesAsync() => await setup.Learned.WhenFilled;

    /// <summary>The streamed text behind the stored parts was read from the log.</summary>
    public sealed record DeltasRead(IReadOnlyList<LogEntry> Deltas) : IDeadLetterSuppression;

    /// <summary>The streamed text could not be read, or the rules not learned.</summary>
    public sealed record Broken(Exception Cause) : IDeadLetterSuppression;

    /// <summary>The index has read the learned rules: the session may decide.</summary>
    public sealed record RulesLearned : INotInfluenceReceiveTimeout, IDeadLetterSuppression;

    [LoggerMessage(EventId = 6004, Level = LogLevel.Warning, Message = "{SessionId} had a turn that the last life of the server did not end; it is closed as aborted.")]
    private static partial void LogTurnClosed(ILogger logger, string sessionId);
}
