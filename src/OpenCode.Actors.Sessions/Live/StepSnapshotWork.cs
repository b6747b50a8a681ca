using Akka.Actor;
using Akka.Event;
using Microsoft.Extensions.Logging;
using OpenCode.Actors.Sessions.Setup;
using OpenCode.Actors.Sessions.Snapshots;
using OpenCode.Actors.Sessions.State;
using LogLevel = Microsoft.Extensions.Logging.LogLevel;

namespace OpenCode.Actors.Sessions.Live;

/// <summary>Takes the snapshots at the end of steps, outside of the session's actor, which gets <see cref="Taken"/>.</summary>
internal sealed partial class StepSnapshotWork(SessionSetup setup, IActorRef session, ILogger logger)
{
    private int _underWay;

    /// <summary>Gets a value indicating whether nothing is under way.</summary>
    public bool IsIdle => _underWay == 0;

    /// <summary>Begins a snapshot.</summary>
    public void Begin(TakeStepSnapshot order)
    {
        _underWay++;
        EndStepAsync(order).PipeTo(session, success: files => new Taken(order, files), failure: cause =>
        {
            LogNotTaken(logger, cause, order.Message.Value);
            return new Taken(order, Files: null);
        });
    }

    /// <summary>A snapshot has ended.</summary>
    public void End() => _underWay--;

    // What the door throws before its first wait is a failure like any other.
    private async Task<StepFiles?> EndStepAsync(TakeStepSnapshot order) => await setup.Snapshots!.EndStepAsync(order.Place, order.Work);

    [LoggerMessage(EventId = 6012, Level = LogLevel.Error, Message = "No snapshot could be taken at the end of the step {MessageId}: its turn goes on, and what it changed cannot be undone.")]
    private static partial void LogNotTaken(ILogger logger, Exception cause, string messageId);

    /// <summary>The snapshot at the end of a step; null files when none could be taken.</summary>
    public sealed record Taken(TakeStepSnapshot Order, StepFiles? Files) : FileWorkResult;
}

/// <summary>The result of work with files that the session waits for.</summary>
internal abstract record FileWorkResult : IDeadLetterSuppression;
