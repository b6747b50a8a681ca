using Akka.Actor;
using Microsoft.Extensions.Logging;
using OpenCode.Actors.Protocol.Messages;
using OpenCode.Actors.Sessions.Models;
using OpenCode.Actors.Sessions.Runs;
using OpenCode.Actors.Sessions.State;
using OpenCode.Actors.Sessions.Tools;
using OpenCode.Actors.Sessions.Turns;

namespace OpenCode.Actors.Sessions.Live;

/// <content>The run of the open turn: its orders, its reports, and its end.</content>
internal sealed partial class SessionActor
{
    private IActorRef? _run;
    private RunId _runId;
    private int _runNumber;
    private Exception? _runFailure;

    // The run of the turn before may still be there, while its end and the next prompt wait for their commit.
    private bool HasLiveRun => _run is not null && _state.Turn is { } turn && turn.Run == _runId;

    private void OnReport(RunActor.Report message)
    {
        // The turn of a closed run is over, or about to be (RULES C2).
        if (_closing is not null || _state.Turn?.Run != message.Run)
            return;

        var decision = NewDecision();
        try
        {
            foreach (var fact in message.Facts)
            {
                if (decision.State.Turn?.Run != message.Run)
                    break; // An earlier fact of this report ended the turn.
                Stepping.Take(decision, fact);
            }
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // The caller here is the run: it is its turn that fails (RULES C4).
            LogReportFailed(_logger, e, _id.Value);
            CloseOnceStopped(CloseCause.Failed(MessageError.Unknown(e.Message)));
            return;
        }

        Commit(decision, new Completion(Credit: message.Run));
    }

    private void GiveCredit(RunId run)
    {
        if (_run is not null && _runId == run)
            _run.Tell(RunActor.Continue.Instance);
    }

    private void Carry(RunOrder order)
    {
        if (order is EndRun)
        {
            if (_runId == order.Run)
                ForgetRun(stop: true);
            return;
        }

        if (_state.Turn?.Run != order.Run || _closing is not null)
            return; // Closed while the order waited for its commit.

        if (_setup.Drain.HasBegun && !HasLiveRun && order is not HoldRun)
        {
            HoldTurn();
            return;
        }

        var run = RunOf(order.Run);
        switch (order)
        {
            case BeginStep m:
                run.Tell(new RunActor.Begin(m.Model, m.Request));
                break;
            case StartTool m:
                run.Tell(new RunActor.Start(m.Call, m.IsUsers));
                break;
            default:
                break; // To have a run was all.
        }
    }

    private IActorRef RunOf(RunId id)
    {
        if (_run is { } alive && _runId == id)
            return alive;

        ForgetRun(stop: true);
        var (sessionId, directory, toolbox) = (_id, _directory!, _setup.Toolbox);
        Props? PropsFor(ToolCall call, bool isUsers) => toolbox.PropsFor(call, new ToolContext(sessionId, directory, call.CallId, isUsers));

        _runId = id;
        _run = Context.ActorOf(RunActor.PropsFor(id, PropsFor, _setup), $"run-{++_runNumber}");
        Context.Watch(_run);
        _setup.Metrics.Running(1);
        return _run;
    }

    private void ForgetRun(bool stop)
    {
        if (_run is not { } run)
            return;

        _run = null;
        _setup.Metrics.Running(-1);
        if (!stop)
            return;

        Context.Unwatch(run);
        run.Tell(RunActor.Stop.Instance);
    }

    private void OnRunEnded(IActorRef run)
    {
        if (!run.Equals(_run))
            return;

        var wasLive = HasLiveRun;
        ForgetRun(stop: false);
        var failure = _runFailure;
        _runFailure = null;
        if (_closing is not null)
        {
            FinishClosing();
        }
        else if (wasLive)
        {
            LogRunFailed(_logger, failure, _id.Value);
            CloseTurn(CloseCause.Failed(MessageError.Unknown(failure?.Message ?? "The run ended without an end of the turn.")));
        }
    }

    [LoggerMessage(EventId = 6006, Level = LogLevel.Error, Message = "A report of the run of {SessionId} could not be taken in; its turn is closed.")]
    private static partial void LogReportFailed(ILogger logger, Exception cause, string sessionId);

    [LoggerMessage(EventId = 6007, Level = LogLevel.Error, Message = "The run of {SessionId} failed; its turn is closed.")]
    private static partial void LogRunFailed(ILogger logger, Exception? cause, string sessionId);
}
