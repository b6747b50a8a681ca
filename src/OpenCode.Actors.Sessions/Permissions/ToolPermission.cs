using System.Text.Json;
using OpenCode.Actors.Protocol.Json;
using OpenCode.Actors.Protocol.Permissions;
using OpenCode.Actors.Sessions.Models;

namespace OpenCode.Actors.Sessions.Permissions;

/// <summary>What a tool call needs permission for.</summary>
/// <param name="Permission">The permission, such as <c>bash</c>.</param>
/// <param name="Patterns">What it is wanted for; each of them has to be allowed.</param>
/// <param name="Always">The patterns that an answer <c>always</c> allows from then on.</param>
/// <param name="Metadata">What to show to the user.</param>
internal sealed record ToolPermission(string Permission, IReadOnlyList<string> Patterns, IReadOnlyList<string> Always, JsonElement Metadata)
{
    private const string Bash = "bash";

    /// <summary>Finds out what a call needs, in the order in which it is asked for. The call runs when each is allowed; one that is denied denies it.</summary>
    /// <param name="call">The call; its input is an object.</param>
    /// <param name="location">Where it would run.</param>
    public static IReadOnlyList<ToolPermission> Of(ToolCall call, ToolLocation location) =>
        call.Name == Bash && Command(call.Input) is { } command ? [OfCommand(command)] : [new ToolPermission(call.Name, ["*"], ["*"], ProtocolJson.EmptyObject)];

    /// <summary>Decides: denied if any pattern is, else asked for if any is, else allowed.</summary>
    public PermissionAction Evaluate(params ReadOnlySpan<IReadOnlyList<PermissionRule>> sets)
    {
        var strictest = PermissionAction.Allow;
        foreach (var pattern in Patterns)
        {
            switch (PermissionRules.Evaluate(Permission, pattern, sets))
            {
                case PermissionAction.Deny:
                    return PermissionAction.Deny;
                case PermissionAction.Ask:
                    strictest = PermissionAction.Ask;
                    break;
                default:
                    break;
            }
        }

        return strictest;
    }

    private static ToolPermission OfCommand(string command)
    {
        var word = command.AsSpan().Trim();
        var end = word.IndexOfAny(" \t\r\n");
        var metadata = JsonSerializer.SerializeToElement(new CommandMetadata(command), PermissionJson.Default.CommandMetadata);
        return new ToolPermission(Bash, [command], [$"{(end < 0 ? word : word[..end])} *"], metadata);
    }

    private static string? Command(JsonElement input) =>
        input.ValueKind == JsonValueKind.Object && input.TryGetProperty("command", out var command) && command.ValueKind == JsonValueKind.String
            ? command.GetString()
            : null;
}
