using Akka.Actor;
using OpenCode.Actors.Journal;
using OpenCode.Actors.Journal.Nodes;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Region;
using OpenCode.Actors.Sessions.Setup;

namespace OpenCode.Actors.Sessions.Live;

/// <summary>
/// The way out of memory: after a long idle time, when there is no session, when the journal refused an append, after a failure, or because the shard moves to another node.
/// </summary>
/// <remarks>The parent keeps commands meanwhile and starts the session again for them, so none is lost to a stopped actor.</remarks>
internal sealed class SessionExit(SessionId id, SessionSetup setup, Committer committer, OpenTurn turn, DeferredCommands deferred, IActorContext context)
{
    private static readonly TimeSpan _retryAfter = TimeSpan.FromSeconds(1);

    /// <summary>Asks the parent for the stop message, or stops if that came already: with a hand-off.</summary>
    /// <param name="refusal">The answer to all that waits; null to return commands to the region.</param>
    /// <param name="failure">Why the session cannot go on. The stop message carries it to the parent, which counts it.</param>
    public void Begin(Unavailable? refusal, Exception? failure)
    {
        if (turn.HandOver.HasBegun)
            context.Stop(context.Self);
        else
            context.Parent.Tell(setup.Passivate(new Leave(failure)), context.Self);

        // Sharding would start it with its next command only, and there may be none.
        if (turn.HandOver.HasBegun && (committer.Committed.Turn is not null || committer.Committed.Undo is not null))
            setup.RegionOf(context).Tell(new Deliver(id, new Wake()), ActorRefs.NoSender);

        turn.Undo.Leave(refusal);
        if (refusal is null)
            deferred.ReturnAll(refusal);
        else
            RefuseAll(refusal);
    }

    /// <summary>The actor has stopped: nothing is answered any more.</summary>
    public void End() => RefuseAll(new Unavailable("The session left memory; whether the command was carried out is unknown. Read the session, and send the command again if it was not.", _retryAfter));

    /// <summary>Makes the refusal when the session failed.</summary>
    public Unavailable Broken(Exception failure) => new($"{id} could not go on: {failure.Message}", _retryAfter);

    /// <summary>Finds the refusal when nothing was read or written for want of a claim; null when the cause is another one.</summary>
    public Unavailable? RefusalOf(Exception cause) => cause switch
    {
        ArbiterAwayException => new Unavailable($"{id} cannot be claimed now: {cause.Message} Nothing was changed. Send the command again.", _retryAfter),
        DeclaredDeadException => new Moved($"{id} cannot be claimed by this node: {cause.Message}", _retryAfter),
        JournalFencedException fenced => MovedBy(fenced.Fence),
        _ => null,
    };

    /// <summary>Makes the refusal when another node has the session. The sender of a named command finds it carried out, or not, there.</summary>
    public Moved MovedBy(Fence fence) => new($"{id} is on another node: shard {fence.Shard} is no longer owned under token {fence.Token}.", _retryAfter);

    private void RefuseAll(Unavailable refusal)
    {
        committer.Refuse(refusal);
        turn.Closer.Refuse(refusal);
        turn.Undo.Leave(refusal);
        deferred.ReturnAll(refusal);
    }
}
