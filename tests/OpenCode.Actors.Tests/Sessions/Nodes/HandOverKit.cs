using Akka.Actor;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Permissions;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Setup;
using OpenCode.Actors.Tests.Sessions.ShellLines;

namespace OpenCode.Actors.Tests.Sessions.Nodes;

/// <summary>Sessions of a node that drains, and their next owner.</summary>
public abstract class HandOverKit : SessionsKit
{
    private protected static readonly PermissionRule[] AskForBash = [new("bash", "*", PermissionAction.Ask)];

    private protected NodeDrain Drain { get; private set; } = new();

    private protected override SessionSetup Arrange(SessionSetup setup) => setup with { Claims = new ScriptedClaims(), Drain = Drain = new NodeDrain(), Paths = Paths };

    private protected ScriptedPaths Paths { get; } = new();

    private protected async Task<IActorRef> FindAsync(SessionId id)
    {
        await AskAsync<Awake>(id, new Wake());
        return ((ActorRefWithCell)Region).GetSingleChild(id.Value);
    }

    /// <summary>Has the model of a prompt call a command: it runs, or waits for its user.</summary>
    private protected async Task CallAsync(SessionId id, string command)
    {
        await PromptAsync(id);
        Model.Answer.Bash("c1", command).EndWithCalls();
        await RunDryAsync();
    }

    /// <summary>Hands the session off, and has the next node, which does not drain, start it.</summary>
    private protected async Task HandOverAsync(SessionId id)
    {
        (await FindAsync(id)).Tell(new Leave());
        await RunDryAsync();
        await KillAndStartAsync();
        await AskAsync<Awake>(id, new Wake());
        await RunDryAsync();
    }
}
