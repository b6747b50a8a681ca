using Akka.Actor;
using Akka.Event;
using Akka.Streams;
using Akka.Streams.Dsl;

namespace OpenCode.Actors.Sessions.Index;

/// <content>The log as a stream of pages: one page unanswered, the next when it is taken in.</content>
internal sealed partial class SessionIndexActor
{
    private long _followed;

    private sealed record PageTaken : IDeadLetterSuppression
    {
        public static PageTaken Instance { get; } = new();
    }

    private sealed record FollowingBegan
    {
        public static FollowingBegan Instance { get; } = new();
    }

    private sealed record FollowingEnded
    {
        public static FollowingEnded Instance { get; } = new();
    }

    private sealed record FollowingFailed(Exception Cause);

    private void Following()
    {
        Receive<FollowingBegan>(_ => Sender.Tell(PageTaken.Instance));
        Receive<LogPage>(OnPage);
        Receive<LogTrimmed>(_ => BeginSurvey());
        Receive<FollowingEnded>(static _ => { });
        Receive<FollowingFailed>(static m => throw new InvalidOperationException($"The log is not followed any more: {m.Cause.Message}", m.Cause));
    }

    private void Follow(long after)
    {
        _followed = after;
        new LogFollower(_setup.Journal, _logger, _stopped.Token).After(after)
            .To(Sink.ActorRefWithAck<object>(
                Self, FollowingBegan.Instance, PageTaken.Instance, FollowingEnded.Instance, static cause => new FollowingFailed(cause)))
            .WithAttributes(Attributes.CreateInputBuffer(1, 1))
            .Run(_materializer);
    }

    // A page of a follower before may overlap with what is known, but never leaves a hole: what is new of it is taken.
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
            AnswerFollowed();
        }

        Sender.Tell(PageTaken.Instance);
    }
}
