namespace OpenCode.Actors.Tests.Actors;

/// <summary>An actor whose parts are given by the test. A message that is a function over the actor is run.</summary>
internal sealed class TestActor : Actor
{
    public Func<TestActor, object, ValueTask>? OnReceive { get; init; }

    public Func<TestActor, ValueTask>? OnPreStart { get; init; }

    public Func<TestActor, Exception, object?, ValueTask>? OnPreRestart { get; init; }

    public Func<TestActor, Exception, ValueTask>? OnPostRestart { get; init; }

    public Func<TestActor, ValueTask>? OnPostStop { get; init; }

    public SupervisorStrategy Supervision { get; init; } = SupervisorStrategy.Default;

    public new IActorContext Context => base.Context;

    public new IActorRef Self => base.Self;

    public new IActorRef Sender => base.Sender;

    protected override SupervisorStrategy SupervisorStrategy => Supervision;

    public static Props PropsFor(Func<TestActor, object, ValueTask> onReceive) => Props.Create(() => new TestActor { OnReceive = onReceive });

    public static Props PropsFor(Action<TestActor, object> onReceive) => PropsFor((actor, message) =>
    {
        onReceive(actor, message);
        return ValueTask.CompletedTask;
    });

    public new ValueTask Unhandled(object message) => base.Unhandled(message);

    public ValueTask DefaultPreRestart(Exception cause, object? message) => base.PreRestartAsync(cause, message);

    protected override ValueTask ReceiveAsync(object message)
    {
        switch (message)
        {
            case Action<TestActor> action:
                action(this);
                return ValueTask.CompletedTask;
            case Func<TestActor, ValueTask> action:
                return action(this);
            default:
                return OnReceive?.Invoke(this, message) ?? Unhandled(message);
        }
    }

    protected override ValueTask PreStartAsync() => OnPreStart?.Invoke(this) ?? ValueTask.CompletedTask;

    protected override ValueTask PreRestartAsync(Exception cause, object? message) => OnPreRestart?.Invoke(this, cause, message) ?? base.PreRestartAsync(cause, message);

    protected override ValueTask PostRestartAsync(Exception cause) => OnPostRestart?.Invoke(this, cause) ?? base.PostRestartAsync(cause);

    protected override ValueTask PostStopAsync() => OnPostStop?.Invoke(this) ?? ValueTask.CompletedTask;
}

internal static class TestActorExtensions
{
    /// <summary>Runs a piece of code inside the actor.</summary>
    public static void Do(this IActorRef actor, Action<TestActor> action) => actor.Tell(action);

    /// <summary>Runs a piece of async code inside the actor.</summary>
    public static void DoAsync(this IActorRef actor, Func<TestActor, ValueTask> action) => actor.Tell(action);
}
