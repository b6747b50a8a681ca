using Akka.Actor;
using Akka.Event;
using OpenCode.Actors.Sessions.Setup;
using OpenCode.Actors.Sessions.Snapshots;
using OpenCode.Actors.Sessions.State;

namespace OpenCode.Actors.Sessions.Live;

/// <summary>Has the files at the end of steps kept, outside of the session's actor, which gets <see cref="Kept"/>.</summary>
internal sealed class FileWork(SessionSetup setup, IActorRef session)
{
    private int _underWay;

    /// <summary>Gets a value indicating whether nothing is under way.</summary>
    public bool IsIdle => _underWay == 0;

    /// <summary>Begins.</summary>
    public void Keep(KeepFiles order)
    {
        _underWay++;
        setup.Snapshots!.EndStepAsync(order.Place, order.From, order.Since).PipeTo(session, success: files => new Kept(order, files));
    }

    /// <summary>A piece of work has ended.</summary>
    public void End() => _underWay--;

    /// <summary>The files at the end of a step are kept; null when they could not be.</summary>
    public sealed record Kept(KeepFiles Order, StepFiles? Files) : FileNews;
}

/// <summary>Work with files has ended: the session gets it.</summary>
internal abstract record FileNews : IDeadLetterSuppression;
