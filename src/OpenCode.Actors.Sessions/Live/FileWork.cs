using Akka.Actor;
using Akka.Event;
using Microsoft.Extensions.Logging;
using OpenCode.Actors.Sessions.Setup;
using OpenCode.Actors.Sessions.Snapshots;
using OpenCode.Actors.Sessions.State;
using LogLevel = Microsoft.Extensions.Logging.LogLevel;

namespace OpenCode.Actors.Sessions.Live;

/// <summary>Has the files at the end of steps kept, outside of the session's actor, which gets <see cref="Kept"/>.</summary>
internal sealed partial class FileWork(SessionSetup setup, IActorRef session, ILogger logger)
{
    private int _underWay;

    /// <summary>Gets a value indicating whether nothing is under way.</summary>
    public bool IsIdle => _underWay == 0;

    /// <summary>Begins.</summary>
    public void Keep(KeepFiles order)
    {
        _underWay++;
        EndStepAsync(order).PipeTo(session, success: files => new Kept(order, files), failure: cause =>
        {
            LogNotKept(logger, cause, order.Message.Value);
            return new Kept(order, Files: null);
        });
    }

    /// <summary>A piece of work has ended.</summary>
    public void End() => _underWay--;

    // What the door throws before its first wait is a failure like any other.
    private async Task<StepFiles?> EndStepAsync(KeepFiles order) => await setup.Snapshots!.EndStepAsync(order.Place, order.From, order.Since);

    [LoggerMessage(EventId = 6012, Level = LogLevel.Error, Message = "The files at the end of the step {MessageId} could not be kept: its turn goes on, and what it changed cannot be undone.")]
    private static partial void LogNotKept(ILogger logger, Exception cause, string messageId);

    /// <summary>The files at the end of a step are kept; null when they could not be.</summary>
    public sealed record Kept(KeepFiles Order, StepFiles? Files) : FileNews;
}

/// <summary>Work with files has ended: the session gets it.</summary>
internal abstract record FileNews : IDeadLetterSuppression;
