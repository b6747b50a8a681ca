using OpenCode.Actors.Cells;

namespace OpenCode.Actors;

/// <summary>Private state with a mailbox: handles one message at a time, so its fields need no locks.</summary>
/// <remarks>
/// <see cref="Context"/>, <see cref="Self"/> and <see cref="Sender"/> are there from <see cref="PreStartAsync"/> on, not in the constructor.
/// Every method runs inside the turn of the cell, also after an <c>await</c>; <c>ConfigureAwait(false)</c> would leave it.
/// </remarks>
public abstract class Actor
{
    private ActorCell? _cell;

    /// <summary>Gets the cell's services: children, watch, timers, stash, behaviours.</summary>
    /// <exception cref="InvalidOperationException">Asked for in the constructor.</exception>
    protected IActorContext Context => Cell;

    /// <summary>Gets the ref of this actor.</summary>
    protected IActorRef Self => Cell;

    /// <summary>Gets the sender of the current message; the dead letters when it has none.</summary>
    protected IActorRef Sender => Cell.CurrentSender;

    /// <summary>Gets what is done with a child that fails; asked at each failure.</summary>
    protected virtual SupervisorStrategy SupervisorStrategy => SupervisorStrategy.Default;

    private ActorCell Cell => _cell ?? throw new InvalidOperationException(
        $"{GetType().Name} asked for its context in its constructor, where there is none yet. Do it in PreStartAsync.");

    internal SupervisorStrategy Strategy => SupervisorStrategy;

    internal void Attach(ActorCell cell) => _cell = cell;

    internal ValueTask Receive(object message) => ReceiveAsync(message);

    internal ValueTask PreStart() => PreStartAsync();

    internal ValueTask PreRestart(Exception cause, object? message) => PreRestartAsync(cause, message);

    internal ValueTask PostRestart(Exception cause) => PostRestartAsync(cause);

    internal ValueTask PostStop() => PostStopAsync();

    /// <summary>Handles one message. While the task is not complete, other user messages wait; system messages do not.</summary>
    /// <param name="message">The message. What is not understood goes to <see cref="Unhandled"/>.</param>
    protected abstract ValueTask ReceiveAsync(object message);

    /// <summary>Says that the current behaviour does not know the message: it is published as <see cref="UnhandledMessage"/>.</summary>
    /// <param name="message">The message.</param>
    /// <exception cref="DeathPactException">The message is <see cref="Terminated"/>: who watches and does not care dies with it.</exception>
    protected ValueTask Unhandled(object message)
    {
        if (message is Terminated terminated)
            throw new DeathPactException(Self, terminated.Actor);
        Cell.System.EventStream.Publish(new UnhandledMessage(message, Sender, Self));
        return ValueTask.CompletedTask;
    }

    /// <summary>Runs once per start, before the first message. A failure here is an <see cref="ActorInitializationException"/>.</summary>
    protected virtual ValueTask PreStartAsync() => ValueTask.CompletedTask;

    /// <summary>Runs on the failed instance before a restart. By default unwatches and stops all children, then <see cref="PostStopAsync"/>.</summary>
    /// <param name="cause">Why it is restarted.</param>
    /// <param name="message">The message that failed; it is not tried again. Null when the failure was not of a message of this actor.</param>
    protected virtual ValueTask PreRestartAsync(Exception cause, object? message)
    {
        foreach (var child in Context.Children)
        {
            Context.Unwatch(child);
            Context.Stop(child);
        }

        return PostStopAsync();
    }

    /// <summary>Runs on the new instance after a restart, before the next message. By default <see cref="PreStartAsync"/>.</summary>
    /// <param name="cause">Why the instance before was given up.</param>
    protected virtual ValueTask PostRestartAsync(Exception cause) => PreStartAsync();

    /// <summary>Runs once per instance, after all children have ended and before watchers are told. An exception is logged and ignored.</summary>
    protected virtual ValueTask PostStopAsync() => ValueTask.CompletedTask;
}
