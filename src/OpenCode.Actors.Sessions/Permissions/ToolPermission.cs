using System.Text.Json;
using OpenCode.Actors.Protocol.Json;
using OpenCode.Actors.Protocol.Permissions;
using OpenCode.Actors.Sessions.Models;

namespace OpenCode.Actors.Sessions.Permissions;

/// <summary>A permission that a tool call needs.</summary>
/// <param name="Permission">The permission, such as <c>bash</c>.</param>
/// <param name="Patterns">The patterns of the action; each must be allowed.</param>
/// <param name="Always">The patterns that an answer <c>always</c> allows from then on.</param>
/// <param name="Metadata">Makes the metadata of a request to the user, only if there is one: a diff takes its time.</param>
internal sealed record ToolPermission(string Permission, IReadOnlyList<string> Patterns, IReadOnlyList<string> Always, Func<JsonElement> Metadata)
{
    /// <summary>Gets the metadata of a call of which there is nothing to show.</summary>
    public static Func<JsonElement> Nothing { get; } = static () => ProtocolJson.EmptyObject;

    /// <summary>Gets what is judged, where that is more than the patterns that are shown; null where it is not.</summary>
    public IReadOnlyList<CommandPattern>? Judged { get; init; }

    /// <summary>Gets what tells two needs apart.</summary>
    public string Key => KeyOf(Permission, Patterns);

    /// <summary>Makes a key.</summary>
    public static string KeyOf(string permission, IReadOnlyList<string> patterns) => $"{permission}\0{string.Join('\0', patterns)}";

    /// <summary>Returns the permissions that a call needs, in the order of their requests. The call runs when each is allowed; one that is denied denies it.</summary>
    /// <param name="call">The call; its input is an object.</param>
    /// <param name="location">Where it would run.</param>
    public static IReadOnlyList<ToolPermission> Of(ToolCall call, ToolLocation location) => call.Name == "bash" && Text(call.Input, "command") is { } command
        ? CommandPermissions.Of(command, Text(call.Input, "workdir"), location)
        : [new ToolPermission(call.Name, ["*"], ["*"], Nothing)];

    /// <summary>Decides: deny if any pattern is denied, else ask if any needs a request, else allow.</summary>
    public PermissionAction Evaluate(params ReadOnlySpan<IReadOnlyList<PermissionRule>> sets)
    {
        var strictest = PermissionAction.Allow;
        foreach (var pattern in Judged ?? [.. Patterns.Select(static text => new CommandPattern(text, text))])
            strictest = CommandPattern.Stricter(strictest, pattern.Evaluate(Permission, sets));
        return strictest;
    }

    /// <summary>Returns the patterns that an answer <c>always</c> allows from then on: what the rules allow already needs none.</summary>
    public IReadOnlyList<string> AlwaysBeyond(IReadOnlyList<PermissionRule>[] sets) => Judged is null ? Always : [.. Judged
        .Where(pattern => pattern.Evaluate(Permission, sets) != PermissionAction.Allow)
        .Select(static pattern => pattern.Always).OfType<string>().Distinct(StringComparer.Ordinal)];

    private static string? Text(JsonElement input, string name) =>
        input.ValueKind == JsonValueKind.Object && input.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
