using Akka.Actor;
using Microsoft.Extensions.Logging;
using OpenCode.Actors.Sessions.State;
using OpenCode.Actors.Sessions.Titles;
using OpenCode.Actors.Sessions.Turns;

namespace OpenCode.Actors.Sessions.Live;

/// <summary>The call for the session's title; there is one at most. Its result is decided like any report.</summary>
internal sealed class SessionTitle(Committer committer, IActorContext context, ILogger logger)
{
    private bool _isAsked;

    /// <summary>Starts the call for a title, unless one is under way.</summary>
    public void Begin(BeginTitle order)
    {
        if (_isAsked)
            return;

        _isAsked = true;
        context.ActorOf(TitleActor.PropsFor(order.Request, logger));
    }

    /// <summary>Takes a title.</summary>
    public void Take(TitleActor.Found found)
    {
        _isAsked = false;
        var decision = committer.NewDecision();
        if (Titling.Take(decision, found.Title))
            committer.Commit(decision);
    }
}
