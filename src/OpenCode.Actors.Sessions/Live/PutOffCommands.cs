using Akka.Actor;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Region;
using OpenCode.Actors.Sessions.Setup;

namespace OpenCode.Actors.Sessions.Live;

/// <summary>Commands that the session takes later, or gives back when it leaves memory: to the region, which starts it again for them, or with a refusal.</summary>
internal sealed class PutOffCommands(SessionId id, SessionSetup setup, IActorContext context, Func<IStash> stash)
{
    /// <summary>Puts the current message off.</summary>
    public void Add(object command)
    {
        if (stash().IsFull)
            GiveBack(command, context.Sender, new Unavailable("Too many commands wait for the session. Nothing was changed. Send the command again.", TimeSpan.FromSeconds(1)));
        else
            stash().Stash();
    }

    /// <summary>Has all of them come again.</summary>
    public void TakeUp() => stash().UnstashAll();

    /// <summary>Gives one back.</summary>
    /// <param name="command">The command.</param>
    /// <param name="asker">Its sender.</param>
    /// <param name="refusal">What it is answered with; null to send it to the region.</param>
    public void GiveBack(object command, IActorRef asker, Unavailable? refusal)
    {
        if (refusal is not null)
            asker.Tell(command is Wake ? new Awake(id) : refusal);
        else if (command is ISessionCommand)
            setup.RegionOf(context).Tell(new Deliver(id, command), asker);
    }

    /// <summary>Gives all of them back.</summary>
    public void GiveBackAll(Unavailable? refusal)
    {
        foreach (var stashed in stash().ClearStash())
            GiveBack(stashed.Message, stashed.Sender, refusal);
    }
}
