using Akka.Actor;

namespace OpenCode.Actors.Tests.TestKit;

/// <summary>An actor whose receive is a lambda of the test. It runs what it gets as <see cref="Do"/> in its own context.</summary>
internal sealed class ScriptedActor : ReceiveActor, IWithTimers, IWithUnboundedStash
{
    public ScriptedActor(Action<ScriptedActor, object> receive)
    {
        Receive<Do>(m => m.Action(this));
        ReceiveAny(m => receive(this, m));
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public IStash Stash { get; set; } = null!;

    public IActorRef Me => Self;

    public IActorRef From => Sender;

    public new IActorContext Context => ActorBase.Context;

    public static Props PropsFor(Action<ScriptedActor, object> receive) => Props.Create(() => new ScriptedActor(receive));

    public void Turn(Action<object> receive) => Become(() => ReceiveAny(receive));

    public sealed record Do(Action<ScriptedActor> Action);
}
