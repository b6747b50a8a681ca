using Akka.Actor;
using Akka.Event;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Region;

namespace OpenCode.Actors.Sessions.Index;

/// <summary>Deletes a tree of sessions (rule "Close the parent first"): closes the parent first, then deletes each of its children in the same way, one after the other, and the parent last.</summary>
/// <remarks>
/// A closed session has no run and gets no children, so those that the index knows then are all. That it is closed is durable: a deletion that was interrupted is begun again
/// (<see cref="IndexQuery.Unfinished"/>) and finds what is left. Two deletions of one tree at a time do no harm.
/// </remarks>
internal sealed class DeletionActor : ReceiveActor
{
    private static readonly TimeSpan _answerTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan _retryAfter = TimeSpan.FromSeconds(1);

    private readonly IActorRef _region;
    private readonly SessionId _root;
    private readonly Stack<(SessionId Session, bool IsClosed)> _todo = [];
    private SessionId _current;
    private bool _hasBegun;
    private bool _hasEnded;

    public DeletionActor(IActorRef region, SessionId root)
    {
        (_region, _root) = (region, root);

        Receive<DeleteBegun>(OnBegun);
        Receive<IndexQuery.Listed>(OnListed);
        Receive<Deleted>(OnGone);
        Receive<SessionNotFound>(OnGone);
        Receive<IndexQuery.Followed>(m => End(new Deleted(_root, m.Offset)));
        Receive<ReceiveTimeout>(_ => End(new Unavailable($"{_current} does not answer. Send the deletion again: it continues.", _retryAfter)));
        ReceiveAny(End); // Why it did not come to the end.
    }

    /// <summary>The deletion has ended.</summary>
    /// <param name="Root">The session that was to be deleted.</param>
    /// <param name="Answer"><see cref="Deleted"/>, <see cref="SessionNotFound"/>, or the refusal of one of the sessions.</param>
    /// <param name="IsUnfinished">Whether it is to be begun again: the session takes nothing any more, and is still there.</param>
    public sealed record Ended(SessionId Root, object Answer, bool IsUnfinished) : IDeadLetterSuppression;

    /// <summary>Makes one. Its parent is the index, and gets <see cref="Ended"/>.</summary>
    public static Props PropsFor(IActorRef region, SessionId root) => Props.Create(() => new DeletionActor(region, root));

    protected override void PreStart()
    {
        Context.SetReceiveTimeout(_answerTimeout);
        _todo.Push((_root, false));
        Continue();
    }

    protected override void PostStop()
    {
        if (!_hasEnded)
            Report(new Unavailable($"The deletion of {_root} was stopped before its end. Send it again: it continues.", _retryAfter));
    }

    private void Continue()
    {
        (_current, var isClosed) = _todo.Pop();
        _region.Tell(new Deliver(_current, isClosed ? new Delete() : new BeginDelete()));
    }

    private void OnBegun(DeleteBegun message)
    {
        _hasBegun = true;
        _todo.Push((_current, true));
        Context.Parent.Tell(new IndexQuery.List(new SessionQuery(ParentId: _current)));
    }

    private void OnListed(IndexQuery.Listed message)
    {
        foreach (var child in message.Entries)
            _todo.Push((child.Id, false));
        Continue();
    }

    private void OnGone(object answer)
    {
        if (_todo.Count > 0)
            Continue();
        else if (answer is SessionNotFound && _hasBegun)
            Context.Parent.Tell(new IndexQuery.FollowLog()); // Another deletion of it was faster.
        else
            End(answer);
    }

    private void End(object answer)
    {
        _hasEnded = true;
        Report(answer);
        Context.Stop(Self);
    }

    // A refusal describes one refused step; the deletion has begun by then, and the index continues it.
    private void Report(object answer)
    {
        var isUnfinished = _hasBegun && answer is not (Deleted or SessionNotFound);
        if (isUnfinished && answer is Unavailable refusal)
            answer = refusal with { Reason = $"The deletion of {_root} has begun and goes on by itself: ask for the session until it is not found. It was held up: {refusal.Reason}" };
        Context.Parent.Tell(new Ended(_root, answer, isUnfinished));
    }
}
