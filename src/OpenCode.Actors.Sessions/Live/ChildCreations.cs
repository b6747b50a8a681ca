using Akka.Actor;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Setup;

namespace OpenCode.Actors.Sessions.Live;

/// <summary>The children that are being made by way of their parent, which is closed for its deletion only when there are none (rule "Close the parent first").</summary>
internal sealed class ChildCreations(SessionSetup setup, IActorContext context, DeferredCommands deferred)
{
    private readonly HashSet<IActorRef> _creations = [];

    /// <summary>Gets a value indicating whether no child is being made.</summary>
    public bool IsEmpty => _creations.Count == 0;

    /// <summary>Gets a value indicating whether a deletion waits for their end: no other child is begun then.</summary>
    public bool IsDeletionWaiting { get; private set; }

    /// <summary>Makes a child, which answers the asker.</summary>
    public void Begin(CreateChild command, IActorRef asker) =>
        _creations.Add(context.Watch(context.ActorOf(ChildCreationActor.PropsFor(setup.RegionOf(context), command, asker))));

    /// <summary>A deletion waits for the end of all of them.</summary>
    public void HoldDeletion() => IsDeletionWaiting = true;

    /// <summary>Takes note of the end of an actor, which may have made a child.</summary>
    public void End(IActorRef actor)
    {
        if (!_creations.Remove(actor) || !IsEmpty || !IsDeletionWaiting)
            return;

        IsDeletionWaiting = false;
        deferred.RedeliverAll();
    }
}
