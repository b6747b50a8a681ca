namespace OpenCode.Actors.Cells;

/// <summary>Parent of the actors that are started from outside.</summary>
internal sealed class Guardian : Actor
{
    protected override ValueTask ReceiveAsync(object message) => Unhandled(message);

    /// <summary>Keeps the actors: only its own strategy may end them.</summary>
    protected override ValueTask PreRestartAsync(Exception cause, object? message) => PostStopAsync();
}

/// <summary>The root. When /user has ended it ends /system, and with it the system ends.</summary>
internal sealed class RootGuardian(IActorRef user, IActorRef system) : Actor
{
    protected override SupervisorStrategy SupervisorStrategy => new OneForOne(decider: static _ => Directive.Escalate);

    protected override ValueTask PreStartAsync()
    {
        Context.Watch(user);
        Context.Watch(system);
        return ValueTask.CompletedTask;
    }

    protected override ValueTask ReceiveAsync(object message)
    {
        if (message is not Terminated { Actor: var ended })
            return Unhandled(message);
        if (ended.Equals(user))
            Context.Stop(system);
        else
            Context.Stop(Self);
        return ValueTask.CompletedTask;
    }
}
