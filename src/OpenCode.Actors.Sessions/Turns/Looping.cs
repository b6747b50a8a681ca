using System.Text.Json;
using System.Text.Json.Nodes;
using OpenCode.Actors.Protocol.Messages;
using OpenCode.Actors.Protocol.Parts;
using OpenCode.Actors.Sessions.Permissions;
using OpenCode.Actors.Sessions.State;

namespace OpenCode.Actors.Sessions.Turns;

/// <summary>Notices a model that calls the same tool with the same input over and over.</summary>
internal static class Looping
{
    private const string Permission = "doom_loop";
    private const int Calls = 3;

    /// <summary>Gives the permission that a call needs because it only repeats the calls before it; null when it does not.</summary>
    /// <param name="decision">The decision.</param>
    /// <param name="part">The call, with its input.</param>
    public static ToolPermission? NeedOf(Decision decision, ToolPart part)
    {
        var before = Before(decision, part).Take(Calls - 1).ToList();
        if (before.Count < Calls - 1 || !before.TrueForAll(other => other.Tool == part.Tool && JsonElement.DeepEquals(other.State.Input, part.State.Input)))
            return null;

        return new ToolPermission(Permission, [part.Tool], [part.Tool], () => JsonElement.Parse(
            new JsonObject { ["tool"] = part.Tool, ["input"] = JsonNode.Parse(part.State.Input.GetRawText()) }.ToJsonString()));
    }

    // The calls that answer the same prompt, newest first, over all steps: a loop goes from step to step.
    private static IEnumerable<ToolPart> Before(Decision decision, ToolPart part)
    {
        var asked = decision.Turn.Asked;
        var isBefore = false;
        foreach (var message in decision.State.Messages.Reverse().TakeWhile(message => message.Info.Id != asked).Where(message => message.Info is AssistantMessage answer && answer.ParentId == asked))
        {
            foreach (var call in message.Parts.Reverse().OfType<ToolPart>())
            {
                if (isBefore)
                    yield return call;
                isBefore |= call.Id == part.Id;
            }
        }
    }
}
