using Akka.Actor;
using Akka.Event;
using OpenCode.Actors.Sessions.Setup;
using OpenCode.Actors.Sessions.Snapshots;
using OpenCode.Actors.Sessions.State;

namespace OpenCode.Actors.Sessions.Live;

/// <summary>Takes the snapshots at the end of steps, outside of the session's actor, which gets <see cref="Taken"/>.</summary>
internal sealed class StepSnapshotWork(SessionSetup setup, IActorRef session)
{
    private int _underWay;

    /// <summary>Gets a value indicating whether nothing is under way.</summary>
    public bool IsIdle => _underWay == 0;

    /// <summary>Begins a snapshot.</summary>
    public void Begin(TakeStepSnapshot order)
    {
        _underWay++;
        setup.Snapshots!.EndStepAsync(order.Place, order.From, order.Since).PipeTo(session, success: files => new Taken(order, files));
    }

    /// <summary>A snapshot has ended.</summary>
    public void End() => _underWay--;

    /// <summary>The snapshot at the end of a step; null files when none could be taken.</summary>
    public sealed record Taken(TakeStepSnapshot Order, StepFiles? Files) : FileWorkResult;
}

/// <summary>The result of work with files that the session waits for.</summary>
internal abstract record FileWorkResult : IDeadLetterSuppression;
