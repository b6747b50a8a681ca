using Akka.Actor;
using Microsoft.Extensions.Logging;
using OpenCode.Actors.Sessions.Instructions;
using OpenCode.Actors.Sessions.Models;
using OpenCode.Actors.Sessions.Runs;
using OpenCode.Actors.Sessions.Setup;
using OpenCode.Actors.Sessions.Snapshots;
using OpenCode.Actors.Sessions.State;
using OpenCode.Actors.Sessions.Tools;

namespace OpenCode.Actors.Sessions.Live;

/// <summary>The run of the open turn: its start, its orders, its credit and its end. There is one at most.</summary>
internal sealed partial class RunHandle(SessionSetup setup, IActorContext context)
{
    private IActorRef? _run;
    private RunId _id;
    private int _number;
    private Exception? _failure;
    private TurnInstructions? _instructions;

    /// <summary>True if the run exists and drives this turn. The run of the turn before may still exist while its end and the next prompt wait for their commit.</summary>
    public bool IsLive(TurnState? turn) => _run is not null && turn is not null && turn.Run == _id;

    /// <summary>True if an actor is the run.</summary>
    public bool Is(IActorRef actor) => actor.Equals(_run);

    /// <summary>Executes an order; starts the run if there is none.</summary>
    /// <param name="order">Any but <see cref="EndRun"/>.</param>
    public void Execute(RunOrder order)
    {
        var run = IsThere(order.Run) ? _run! : Start(order.Run);
        switch (order)
        {
            case BeginStep m:
                var snapshot = setup.Snapshots is { } snapshots && m.Files is { } place ? new StepSnapshot(m.Snapshot, () => TakeAsync(snapshots, place), setup.Time) : null;
                run.Tell(new RunActor.Begin(ModelOf(m, snapshot), m.Request, snapshot));
                break;
            case StartTool m:
                run.Tell(new RunActor.Start(m.Call, m.Context));
                break;
            default:
                break; // To have a run was all.
        }
    }

    /// <summary>The last report of the run is durable: it may send the next.</summary>
    public void Credit(RunId id)
    {
        if (IsThere(id))
            _run!.Tell(new RunActor.Continue());
    }

    /// <summary>Tells the run to end; its <see cref="Terminated"/> follows.</summary>
    /// <param name="sparesWaits">Whether children that only wait for their user are left: the session gets <see cref="RunActor.Left"/> before.</param>
    public void Stop(bool sparesWaits) => _run?.Tell(sparesWaits ? RunActor.Stop.SparingWaits : RunActor.Stop.Instance);

    /// <summary>Ends the run of a turn that is over. Its outcome has no effect any more.</summary>
    public void End(RunId id)
    {
        if (IsThere(id))
            Release();
    }

    /// <summary>Keeps the cause of a child's failure, if the child is the run. Its <see cref="Terminated"/> follows.</summary>
    public void NoteFailure(IActorRef child, Exception cause)
    {
        if (Is(child))
            _failure = cause;
    }

    /// <summary>The run has ended.</summary>
    /// <returns>Why it failed; null when it did not.</returns>
    public Exception? Ended()
    {
        var failure = _failure;
        (_run, _failure) = (null, null);
        setup.Metrics.Running(-1);
        return failure;
    }

    /// <summary>The session leaves memory, and the run with it.</summary>
    public void Leave()
    {
        if (_run is not null)
            setup.Metrics.Running(-1);
    }

    private IChatModel ModelOf(BeginStep step, StepSnapshot? snapshot)
    {
        var instructed = step.PromptContext is { } briefing && _instructions is not null ? _instructions.On(step.Model, briefing) : step.Model;
        var model = step.Scope is { } scope ? new OfferingModel(instructed, setup.Toolbox, scope) : instructed;
        return snapshot is null ? model : new SnapshottedModel(model, snapshot);
    }

    // The door should not throw. The model goes on without.
    private async Task<string?> TakeAsync(ISnapshots snapshots, SnapshotPlace place)
    {
        try
        {
            return await snapshots.TakeAsync(place);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            LogNotTaken(setup.Loggers.CreateLogger<RunHandle>(), e);
            return null;
        }
    }

    private bool IsThere(RunId id) => _run is not null && _id == id;

    private IActorRef Start(RunId id)
    {
        Release();
        _id = id;
        _instructions = setup.Instructions is { } instructions ? new TurnInstructions(instructions) : null;
        _run = context.Watch(context.ActorOf(RunActor.PropsFor(id, setup), $"run-{++_number}"));
        setup.Metrics.Running(1);
        return _run;
    }

    private void Release()
    {
        if (_run is not { } run)
            return;

        _run = null;
        setup.Metrics.Running(-1);
        context.Unwatch(run);
        run.Tell(RunActor.Stop.Instance);
    }

    [LoggerMessage(EventId = 6015, Level = LogLevel.Error, Message = "No snapshot of the files could be taken: what the step changes cannot be undone.")]
    private static partial void LogNotTaken(ILogger logger, Exception cause);
}
