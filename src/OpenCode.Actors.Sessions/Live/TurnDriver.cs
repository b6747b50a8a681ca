using Microsoft.Extensions.Logging;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Messages;
using OpenCode.Actors.Sessions.Runs;
using OpenCode.Actors.Sessions.Setup;
using OpenCode.Actors.Sessions.Snapshots;
using OpenCode.Actors.Sessions.State;
using OpenCode.Actors.Sessions.Turns;

namespace OpenCode.Actors.Sessions.Live;

/// <summary>Takes the open turn on: the run's reports are decided, and what follows from a commit is carried to the run.</summary>
internal sealed partial class TurnDriver(
    SessionId id, SessionSetup setup, Committer committer, RunHandle run, TurnCloser closer, TurnHandOver handOver, SessionTitle title, FileWork files, UndoWork undo, ILogger logger)
{
    /// <summary>Decides a report. That of a closed run is dropped (rule "One append outstanding"): its turn is over, or about to be.</summary>
    public void Take(RunActor.Report report)
    {
        if (!closer.IsClosing && committer.State.Turn?.Run == report.Run)
            GoOn(decision => Stepping.Take(decision, report.Run, report.Facts), new Completion(Credit: report.Run));
    }

    /// <summary>Takes in what a step did to the files: its turn waits for that, or is closed.</summary>
    public void Take(FileWork.Kept kept)
    {
        var (order, ends) = kept;
        files.End();
        if (order.Run == default)
            GoOn(decision => Keeping.Note(decision, order.Message, order.From, ends));
        else if (!closer.IsClosing && committer.State.Turn?.Run == order.Run)
            GoOn(decision => Complete(decision, order.From, ends));
    }

    private static void Complete(Decision decision, string from, StepFiles? ends)
    {
        var isToHold = decision.Turn.IsToHold;
        Stepping.Complete(decision, from, ends);
        if (isToHold)
            Holding.HoldBack(decision);
    }

    /// <summary>Does what a committed decision leads to.</summary>
    public void Complete(Completion completion)
    {
        if (completion.Order is { } order)
            Carry(order);
        if (completion.Credit is { } credited)
            run.Credit(credited);
    }

    /// <summary>The run has ended.</summary>
    public void RunEnded()
    {
        var wasLive = run.IsLive(committer.State.Turn);
        var failure = run.Ended();
        if (closer.IsClosing)
        {
            closer.Finish();
        }
        else if (wasLive)
        {
            LogRunFailed(logger, failure, id.Value);
            closer.Close(CloseCause.Failed(MessageError.Unknown(failure?.Message ?? "The run ended without an end of the turn.")));
        }
    }

    private void GoOn(Action<Decision> decide, params ReadOnlySpan<Completion> completions)
    {
        var decision = committer.NewDecision();
        try
        {
            decide(decision);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // The caller here is the run: it is its turn that fails (rule "A decision error goes to the caller").
            LogReportFailed(logger, e, id.Value);
            closer.CloseOnceStopped(CloseCause.Failed(MessageError.Unknown(e.Message)));
            return;
        }

        committer.Commit(decision, completions);
    }

    private void Carry(RunOrder order)
    {
        var turn = committer.State.Turn;
        if (order is EndRun)
            run.End(order.Run);
        else if (order is EndBackground)
            setup.Processes.KillOf(id.Value);
        else if (order is SetFiles m)
            undo.Set(m.Plan);
        else if (order is KeepFiles keep)
            files.Keep(keep);
        else if (order is BeginTitle asked)
            title.Begin(asked);
        else if (turn?.Run != order.Run || closer.IsClosing)
            return; // Closed while the order waited for its commit.
        else if (setup.Drain.HasBegun && !run.IsLive(turn) && order is not HoldRun)
            handOver.Hold();
        else
            run.Carry(order);
    }

    [LoggerMessage(EventId = 6006, Level = LogLevel.Error, Message = "A report of the run of {SessionId} could not be taken in; its turn is closed.")]
    private static partial void LogReportFailed(ILogger logger, Exception cause, string sessionId);

    [LoggerMessage(EventId = 6007, Level = LogLevel.Error, Message = "The run of {SessionId} failed; its turn is closed.")]
    private static partial void LogRunFailed(ILogger logger, Exception? cause, string sessionId);
}
