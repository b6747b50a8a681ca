using Akka.Actor;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Region;
using OpenCode.Actors.Sessions.Setup;

namespace OpenCode.Actors.Sessions.Live;

/// <summary>Commands that wait until the session can take them. When it leaves memory they return to the region, which starts the session again for them, or are refused.</summary>
internal sealed class DeferredCommands(SessionId id, SessionSetup setup, IActorContext context, Func<IStash> stash)
{
    /// <summary>Stashes the current message.</summary>
    public void Add(object command)
    {
        if (stash().IsFull)
            Return(command, context.Sender, new Unavailable("Too many commands wait for the session. Nothing was changed. Send the command again.", TimeSpan.FromSeconds(1)));
        else
            stash().Stash();
    }

    /// <summary>Delivers all of them again.</summary>
    public void RedeliverAll() => stash().UnstashAll();

    /// <summary>Returns a command to the region, or refuses it.</summary>
    /// <param name="command">The command.</param>
    /// <param name="asker">Its sender.</param>
    /// <param name="refusal">The answer; null to send the command to the region.</param>
    public void Return(object command, IActorRef asker, Unavailable? refusal)
    {
        if (refusal is not null)
            asker.Tell(command is Wake ? new Awake(id) : refusal);
        else if (command is ISessionCommand)
            setup.RegionOf(context).Tell(new Deliver(id, command), asker);
    }

    /// <summary>Returns all of them to the region, or refuses them.</summary>
    public void ReturnAll(Unavailable? refusal)
    {
        foreach (var stashed in stash().ClearStash())
            Return(stashed.Message, stashed.Sender, refusal);
    }
}
