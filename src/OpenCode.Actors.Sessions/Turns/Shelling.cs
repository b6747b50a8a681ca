using System.Text.Json;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Messages;
using OpenCode.Actors.Protocol.Parts;
using OpenCode.Actors.Protocol.Sessions;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.History;
using OpenCode.Actors.Sessions.Permissions;
using OpenCode.Actors.Sessions.Runs;
using OpenCode.Actors.Sessions.State;

namespace OpenCode.Actors.Sessions.Turns;

/// <summary>Runs a command of the user's own: a turn with one tool and no model. It needs no permission: the user gave the command.</summary>
internal static class Shelling
{
    private const string Bash = "bash";

    /// <summary>Opens the turn.</summary>
    public static Outcome Decide(Decision decision, RunShell command)
    {
        var taken = Take(decision, command.Request);
        if (command.Key is { } key)
            decision.Remember(key, taken);
        return new Outcome(OutcomeKind.Accepted, taken);
    }

    private static MessageId Take(Decision decision, Protocol.Requests.Shell request)
    {
        Undoing.Settle(decision);
        var (agent, model) = Prompting.Choose(decision, request.Agent, request.Model, request.Model?.Variant);
        decision.PublishStatus(SessionStatus.Busy);

        var asked = new UserMessage(request.MessageId ?? decision.NextMessage(), decision.Id, new MessageTime(decision.Now), agent, model);
        decision.Put(asked);
        decision.Put(new TextPart(decision.NextPart(), decision.Id, asked.Id, "The user ran the following command.") { Synthetic = true });
        decision.Touch();

        var assistant = Stepping.NewAssistant(decision, asked);
        decision.Put(new TurnState(TurnKind.Shell, new RunId(decision.Setup.Entropy.NextUInt64()), [asked.Id], 1, assistant.Id));
        decision.Put(assistant);

        var input = JsonSerializer.SerializeToElement(new CommandMetadata(request.Command), PermissionJson.Default.CommandMetadata);
        var id = decision.NextPart();
        var part = new ToolPart(id, decision.Id, assistant.Id, $"call_{id.Value}", Bash, new ToolRunning(input, new PartTime(decision.Now)));
        decision.Put(part);
        ToolCalling.Start(decision, part, allowed: []);
        return asked.Id;
    }
}
