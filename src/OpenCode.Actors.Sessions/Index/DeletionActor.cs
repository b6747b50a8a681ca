using Akka.Actor;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Sessions.Region;

namespace OpenCode.Actors.Sessions.Index;

/// <summary>Deletes a session with its children, deepest first and one after the other, so that a failure leaves a tree and no orphans.</summary>
internal sealed class DeletionActor : ReceiveActor
{
    private static readonly TimeSpan _answerTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan _retryAfter = TimeSpan.FromSeconds(1);

    private readonly IActorRef _region;
    private readonly IReadOnlyList<SessionId> _order;
    private readonly IActorRef _replyTo;
    private int _next;
    private bool _isAnswered;

    public DeletionActor(IActorRef region, IReadOnlyList<SessionId> order, IActorRef replyTo)
    {
        (_region, _order, _replyTo) = (region, order, replyTo);

        Receive<SessionActor.Deleted>(OnGone);
        Receive<SessionNotFound>(OnGone);
        Receive<ReceiveTimeout>(_ => End(new Unavailable($"{_order[_next - 1]} does not answer.", _retryAfter)));
        ReceiveAny(End); // Why it did not come to the end.
    }

    public static Props PropsFor(IActorRef region, IReadOnlyList<SessionId> order, IActorRef replyTo) =>
        Props.Create(() => new DeletionActor(region, order, replyTo));

    protected override void PreStart()
    {
        Context.SetReceiveTimeout(_answerTimeout);
        DeleteNext();
    }

    protected override void PostStop()
    {
        if (!_isAnswered)
            _replyTo.Tell(new Unavailable($"The deletion of {_order[^1]} was stopped before its end.", _retryAfter));
    }

    private void OnGone(object answer)
    {
        if (_next < _order.Count)
            DeleteNext();
        else
            End(answer);
    }

    private void DeleteNext() => _region.Tell(new Deliver(_order[_next++], new SessionActor.Delete()));

    private void End(object answer)
    {
        _isAnswered = true;
        _replyTo.Tell(answer);
        Context.Stop(Self);
    }
}
