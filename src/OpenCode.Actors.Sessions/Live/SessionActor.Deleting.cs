using Akka.Actor;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.State;
using OpenCode.Actors.Sessions.Turns;

namespace OpenCode.Actors.Sessions.Live;

/// <content>Deletion of a tree (RULES C8): the session is closed first, with no run and no new children, then its children are deleted, then the session itself.</content>
internal sealed partial class SessionActor
{
    private readonly HashSet<IActorRef> _creations = [];
    private bool _isDeleteWaiting;

    // tree-is-deleted-from-below: a child is made by way of its parent, which is closed only when none is being made.
    private void OnCreateChild(CreateChild message)
    {
        if (IsGone())
            return;

        if (_isDeleteWaiting)
            PutOff(message);
        else
            _creations.Add(Context.Watch(Context.ActorOf(ChildCreationActor.PropsFor(_setup.RegionOf(Context), message, Sender))));
    }

    private void OnCreationEnded(IActorRef creation)
    {
        _creations.Remove(creation);
        if (_creations.Count > 0 || !_isDeleteWaiting)
            return;

        _isDeleteWaiting = false;
        Stash.UnstashAll();
    }

    private void OnBeginDelete(BeginDelete message)
    {
        if (_state.IsDeleting)
        {
            Repeat(new Outcome(OutcomeKind.DeleteBegun));
            return;
        }

        if (IsPutOff(message) || IsMissing())
            return;

        if (_creations.Count > 0)
        {
            _isDeleteWaiting = true;
            PutOff(message);
            return;
        }

        if (IsClosedFirst(message))
            return;

        Decide(static decision =>
        {
            if (decision.State.Turn is not null)
                Closing.Close(decision, CloseCause.Aborted);
            decision.BeginDeletion();
            return new Outcome(OutcomeKind.DeleteBegun);
        });
    }

    private void OnDelete(Delete message)
    {
        if (IsPutOff(message) || IsMissing() || IsClosedFirst(message))
            return;

        Decide(decision =>
        {
            if (decision.State.Turn is not null)
                Closing.Close(decision, CloseCause.Aborted);
            decision.Delete(_name);
            return new Outcome(OutcomeKind.Deleted);
        });
    }

    // The turn is closed first; then the command is taken up again.
    private bool IsClosedFirst(ISessionCommand command)
    {
        if (HasLiveRun)
        {
            PutOff(command);
            CloseOnceStopped(CloseCause.Aborted);
            return true;
        }

        CloseBroken();
        return false;
    }

    // A session that is being deleted takes nothing any more. Reading goes on until it is gone.
    private bool IsGone()
    {
        if (!_state.IsDeleting)
            return IsMissing();

        Sender.Tell(new SessionNotFound(_id));
        return true;
    }
}
