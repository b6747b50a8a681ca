using System.Text.Json;
using System.Text.Json.Nodes;
using OpenCode.Actors.Protocol.Parts;
using OpenCode.Actors.Sessions.Permissions;
using OpenCode.Actors.Sessions.State;

namespace OpenCode.Actors.Sessions.Turns;

/// <summary>Detects a model that repeats the same call with the same input within one answer.</summary>
internal static class LoopDetection
{
    private const string Permission = "doom_loop";
    private const int Calls = 3;

    /// <summary>Returns the permission that a call needs because it repeats the calls before it; null when it does not repeat them.</summary>
    /// <param name="decision">The decision.</param>
    /// <param name="part">The call, with its input.</param>
    public static ToolPermission? NeedOf(Decision decision, ToolPart part)
    {
        // Within one answer, as in opencode: polling repeats a call from step to step, and a text between two calls is no loop.
        var parts = decision.Assistant.Parts;
        var last = parts.FindIndex(other => other.Id == part.Id);
        if (last < Calls - 1 || !parts.Skip(last - Calls + 1).Take(Calls - 1).All(other => other is ToolPart call && call.Tool == part.Tool && JsonElement.DeepEquals(call.State.Input, part.State.Input)))
            return null;

        return new ToolPermission(Permission, [part.Tool], [part.Tool], () => JsonElement.Parse(
            new JsonObject { ["tool"] = part.Tool, ["input"] = JsonNode.Parse(part.State.Input.GetRawText()) }.ToJsonString()));
    }
}
