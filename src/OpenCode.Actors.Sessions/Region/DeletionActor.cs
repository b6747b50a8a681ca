using OpenCode.Actors.Protocol.Ids;

namespace OpenCode.Actors.Sessions.Region;

/// <summary>Deletes a session with its children, deepest first and one after the other, so that a failure leaves a tree and no orphans.</summary>
internal sealed class DeletionActor(IActorRef region, IReadOnlyList<SessionId> order, IActorRef replyTo) : Actor
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(30);

    private int _next;

    public static Props PropsFor(IActorRef region, IReadOnlyList<SessionId> order, IActorRef replyTo) =>
        Props.Create(() => new DeletionActor(region, order, replyTo));

    protected override ValueTask PreStartAsync()
    {
        Context.SetReceiveTimeout(_patience);
        DeleteNext();
        return ValueTask.CompletedTask;
    }

    protected override ValueTask ReceiveAsync(object message)
    {
        switch (message)
        {
            case SessionActor.Deleted or SessionNotFound when _next < order.Count:
                DeleteNext();
                break;
            case NotHere when _next < order.Count:
                End(new SessionsActor.ChildElsewhere(order[_next - 1]));
                break;
            case ReceiveTimeout:
                End(new Unavailable($"{order[_next - 1]} does not answer.", TimeSpan.FromSeconds(1)));
                break;
            default:
                End(message); // The end, or why it did not come to it.
                break;
        }

        return ValueTask.CompletedTask;
    }

    private void DeleteNext() => region.Tell(new SessionsActor.Deliver(order[_next++], new SessionActor.Delete()), Self);

    private void End(object answer)
    {
        replyTo.Tell(answer);
        Context.Stop(Self);
    }
}
