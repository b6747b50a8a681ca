using Microsoft.Extensions.Logging;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Messages;
using OpenCode.Actors.Sessions.Runs;
using OpenCode.Actors.Sessions.Setup;
using OpenCode.Actors.Sessions.Snapshots;
using OpenCode.Actors.Sessions.State;
using OpenCode.Actors.Sessions.Turns;

namespace OpenCode.Actors.Sessions.Live;

/// <summary>Drives the open turn: decides the run's reports, and executes the orders of committed decisions.</summary>
internal sealed partial class TurnDriver(
    SessionId id, SessionSetup setup, Committer committer, RunHandle run, TurnCloser closer, TurnHandOver handOver, SessionTitle title, StepSnapshotWork files, UndoWork undo, ILogger logger)
{
    /// <summary>Decides a report. That of a closed run is dropped (rule "One append outstanding"): its turn is over, or about to be.</summary>
    public void Take(RunActor.Report report)
    {
        if (!closer.IsClosing && committer.State.Turn?.Run == report.Run)
            Decide(decision => Stepping.Take(decision, report.Run, report.Facts), new Completion(Credit: report.Run));
    }

    /// <summary>Takes the snapshot at the end of a step: its turn waits for that, or is closed.</summary>
    public void Take(StepSnapshotWork.Taken taken)
    {
        var (order, ends) = taken;
        files.End();
        if (order.Run == default)
            Decide(decision => StepSnapshots.Note(decision, order.Message, order.Work.From, ends));
        else if (!closer.IsClosing && committer.State.Turn?.Run == order.Run)
            Decide(decision => Complete(decision, order.Work.From, ends));
    }

    /// <summary>Executes the order and the credit of a committed decision.</summary>
    public void Complete(Completion completion)
    {
        if (completion.Order is { } order)
            Execute(order);
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
            closer.Close(CloseCause.Failed(MessageError.Unknown(failure?.Message ?? "The run ended without an end of the turn. Prompt again; the server's log has the cause.")));
        }
    }

    private static void Complete(Decision decision, string from, StepFiles? ends)
    {
        var isToHold = decision.Turn.IsToHold;
        Stepping.Complete(decision, from, ends);
        if (isToHold)
            Holding.HoldBack(decision);
    }

    private void Decide(Action<Decision> decide, params ReadOnlySpan<Completion> completions)
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

    private void Execute(RunOrder order)
    {
        var turn = committer.State.Turn;
        if (order is EndRun)
            run.End(order.Run);
        else if (order is EndBackground)
            setup.Processes.KillOf(id.Value);
        else if (order is RestoreFiles m)
            undo.Restore(m.Plan);
        else if (order is TakeStepSnapshot take)
            files.Begin(take);
        else if (order is BeginTitle asked)
            title.Begin(asked);
        else if (turn?.Run != order.Run || closer.IsClosing)
            return; // Closed while the order waited for its commit.
        else if (setup.Drain.HasBegun && !run.IsLive(turn) && order is not HoldRun)
            handOver.Hold();
        else
            run.Execute(order);
    }

    [LoggerMessage(EventId = 6006, Level = LogLevel.Error, Message = "A report of the run of {SessionId} could not be taken in; its turn is closed.")]
    private static partial void LogReportFailed(ILogger logger, Exception cause, string sessionId);

    [LoggerMessage(EventId = 6007, Level = LogLevel.Error, Message = "The run of {SessionId} failed; its turn is closed.")]
    private static partial void LogRunFailed(ILogger logger, Exception? cause, string sessionId);
}
