using System.Text.Json;
using OpenCode.Actors.Protocol.Models;
using OpenCode.Actors.Protocol.Permissions;
using OpenCode.Actors.Sessions.Agents;

namespace OpenCode.Actors.Server.Config;

/// <summary>An agent, or the changes of a built-in one. Section <c>agent.NAME</c>. Null means not set.</summary>
/// <param name="Name">The key.</param>
/// <param name="Permission">Its rules, in the order of the files.</param>
internal sealed record AgentConfig(string Name, IReadOnlyList<PermissionRule> Permission)
{
    public bool IsDisabled { get; init; }

    public string? Description { get; init; }

    public AgentMode? Mode { get; init; }

    public bool? Hidden { get; init; }

    public string? Prompt { get; init; }

    public ModelRef? Model { get; init; }

    public string? Variant { get; init; }

    public double? Temperature { get; init; }

    public double? TopP { get; init; }

    public int? Steps { get; init; }

    public string? Color { get; init; }

    /// <summary>Gets the options that the model's provider gets unchanged: <c>options</c>, and the keys that are not known.</summary>
    public IReadOnlyDictionary<string, JsonElement> Options { get; init; } = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
}
