namespace OpenCode.Actors.TestKit;

/// <summary>The actor inside a probe.</summary>
internal sealed class ProbeActor : Actor
{
    public Queue<(object Message, IActorRef Sender)> Received { get; } = [];

    protected override ValueTask ReceiveAsync(object message)
    {
        if (message is Command command)
            command.Action(Context);
        else
            Received.Enqueue((message, Sender));
        return ValueTask.CompletedTask;
    }

    public sealed record Command(Action<IActorContext> Action);
}
