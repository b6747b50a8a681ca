using OpenCode.Actors.TestKit;

namespace OpenCode.Actors.Tests.Actors;

/// <summary>Actors that note what becomes of them, fail at <c>fail</c> and answer <c>ping</c>.</summary>
public abstract class LifecycleKit : ActorKit
{
    private int _instances;

    /// <summary>Gets what actors of <see cref="Recorded"/> went through, with the number of the instance.</summary>
    protected List<string> Steps { get; } = [];

    private protected static ValueTask Fail(TestActor actor, object message) => message switch
    {
        "fail" => throw new InvalidOperationException("asked to fail"),
        "ping" => Answer(actor),
        _ => actor.Unhandled(message),
    };

    private static ValueTask Answer(TestActor actor)
    {
        actor.Sender.Tell("alive", actor.Self);
        return ValueTask.CompletedTask;
    }

    protected Task<string> PingAsync(IActorRef actor) => AskAsync<string>(actor, "ping");

    private protected Props Recorded(Func<TestActor, Exception, object?, ValueTask>? preRestart = null) => Props.Create(() =>
    {
        var number = ++_instances;
        Steps.Add($"new {number}");
        return new TestActor
        {
            OnPreStart = _ => Step($"PreStart {number}"),
            OnPostStop = _ => Step($"PostStop {number}"),
            OnPreRestart = preRestart,
            OnReceive = (_, message) => message is "fail" ? throw new InvalidOperationException() : Step($"{message} {number}"),
        };
    });

    private ValueTask Step(string step)
    {
        Steps.Add(step);
        return ValueTask.CompletedTask;
    }
}
