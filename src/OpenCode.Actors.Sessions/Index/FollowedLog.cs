using Akka.Actor;
using Akka.Streams;
using OpenCode.Actors.Sessions.Readiness;

namespace OpenCode.Actors.Sessions.Index;

/// <summary>How far the index has followed the log, and the stream of pages that it follows it by: one page unanswered, the next when it is taken in. Belongs to the index's actor, which alone touches it.</summary>
/// <param name="context">The index.</param>
/// <param name="progress">Where others read how far it is.</param>
internal sealed class FollowedLog(IActorContext context, IndexProgress progress)
{
    private readonly IMaterializer _materializer = context.Materializer();
    private IActorRef? _stream;

    /// <summary>Gets the offset up to which all is taken in.</summary>
    public long Offset { get; private set; }

    /// <summary>Follows the log from an offset on, by another stream than before.</summary>
    public void Begin(long after, LogFollower follower)
    {
        SetOffset(after);
        follower.Run(after, context.Self, _materializer);
    }

    /// <summary>The end of the stream is expected from now on.</summary>
    public void Forget() => _stream = null;

    /// <summary>Takes the stream that runs. It is watched: one that is stopped from outside, or whose actor fails, sends nothing, because the sink of Akka.NET 1.5 sends that message to itself.</summary>
    public void OnBegan(IActorRef stream)
    {
        _stream = context.Watch(stream);
        stream.Tell(new LogFollower.PageTaken());
    }

    /// <summary>Fails if the stream that ended is the present one: it ends only after the log was trimmed, and then another one has replaced it.</summary>
    public void OnLost(IActorRef stream, Exception? cause)
    {
        if (stream.Equals(_stream))
            throw new InvalidOperationException($"The log is not followed any more: {cause?.Message ?? "the stream was stopped."}", cause);
    }

    /// <summary>Takes in what is new of a page. One of a previous stream may overlap with what is known, and is dropped where it would leave a hole.</summary>
    /// <returns>Whether there was something new.</returns>
    public bool Take(LogPage page, Action<IndexEvent> take)
    {
        if (page.After > Offset || page.Through <= Offset)
            return false;

        foreach (var happening in page.IndexEventReader)
        {
            if (happening.Offset > Offset)
                take(happening);
        }

        SetOffset(page.Through);
        return true;
    }

    private void SetOffset(long offset)
    {
        Offset = offset;
        progress.Reached(offset);
    }
}
