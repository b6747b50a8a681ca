using Akka.Actor;

namespace OpenCode.Actors.Tests.TestKit;

/// <summary>The actor inside a probe.</summary>
/// <param name="received">Gets what it receives.</param>
internal sealed class ProbeActor(Queue<(object Message, IActorRef Sender)> received) : UntypedActor
{
    protected override void OnReceive(object message)
    {
        if (message is Command command)
            command.Action(Context);
        else
            received.Enqueue((message, Sender));
    }

    /// <summary>Something that only an actor can do.</summary>
    /// <param name="Action">What to do.</param>
    public sealed record Command(Action<IActorContext> Action);
}
