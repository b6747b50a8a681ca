using Akka.Actor;
using Akka.Event;
using Akka.Streams;
using Akka.Streams.Dsl;

namespace OpenCode.Actors.Sessions.Index;

/// <content>The log as a stream of pages: one page unanswered, the next when it is taken in.</content>
internal sealed partial class SessionIndexActor
{
    private long _followed;
    private IActorRef? _follower;

    /// <summary>The page is taken in: the stream sends the next one.</summary>
    private sealed record PageTaken : IDeadLetterSuppression
    {
        public static PageTaken Instance { get; } = new();
    }

    /// <summary>The stream of pages runs; its sender is the stream's actor.</summary>
    private sealed record FollowingBegan : IDeadLetterSuppression
    {
        public static FollowingBegan Instance { get; } = new();
    }

    /// <summary>The stream of pages ended: a fault, since it follows without an end.</summary>
    private sealed record FollowingEnded(Exception? Cause = null) : IDeadLetterSuppression;

    private void Following()
    {
        Receive<FollowingBegan>(_ => OnFollowingBegan());
        Receive<LogPage>(OnPage);
        Receive<LogTrimmed>(_ => BeginSurvey());
        Receive<FollowingEnded>(m => OnFollowerLost(Sender, m.Cause));
        Receive<Terminated>(m => OnFollowerLost(m.ActorRef, cause: null));
    }

    private void Follow(long after)
    {
        _followed = after;
        _setup.Progress.Reached(after);
        new LogFollower(_setup.Journal, _logger, _stopped.Token).After(after)
            .To(Sink.ActorRefWithAck<object>(
                Self, FollowingBegan.Instance, PageTaken.Instance, new FollowingEnded(), static cause => new FollowingEnded(cause)))
            .WithAttributes(Attributes.CreateInputBuffer(1, 1))
            .Run(_materializer);
    }

    // Watched, because a stream that is stopped from outside, or whose actor fails, sends nothing: the sink of Akka.NET 1.5 sends that message to itself.
    private void OnFollowingBegan()
    {
        _follower = Context.Watch(Sender);
        Sender.Tell(PageTaken.Instance);
    }

    // The stream ends only after the log was trimmed; then another one has replaced it.
    private void OnFollowerLost(IActorRef follower, Exception? cause)
    {
        if (follower.Equals(_follower))
            throw new InvalidOperationException($"The log is not followed any more: {cause?.Message ?? "the stream was stopped."}", cause);
    }

    // A page of a previous follower may overlap with what is known. Only its new part is taken, and a page that would leave a hole is dropped.
    private void OnPage(LogPage page)
    {
        if (page.After <= _followed && page.Through > _followed)
        {
            foreach (var happening in page.Happenings)
            {
                if (happening.Offset > _followed)
                    Take(happening);
            }

            _followed = page.Through;
            _setup.Progress.Reached(_followed);
            AnswerFollowed();
        }

        Sender.Tell(PageTaken.Instance);
    }
}
