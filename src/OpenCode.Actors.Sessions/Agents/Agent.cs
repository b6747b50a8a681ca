using System.Collections.ObjectModel;
using System.Text.Json;
using OpenCode.Actors.Protocol.Models;
using OpenCode.Actors.Protocol.Permissions;

namespace OpenCode.Actors.Sessions.Agents;

/// <summary>An agent of a location: its model, prompt, options and permissions.</summary>
/// <param name="Name">Its name in prompts.</param>
/// <param name="Mode">Whether users choose it, other agents call it, or both.</param>
/// <param name="Permission">All rules that hold for it, those of the server and of the configuration included, weakest first. A session's own rules come after them.</param>
internal sealed record Agent(string Name, AgentMode Mode, IReadOnlyList<PermissionRule> Permission)
{
    /// <summary>Gets what it is for: for people, and for a model that chooses a subagent.</summary>
    public string? Description { get; init; }

    /// <summary>Gets a value indicating whether it comes with the server.</summary>
    public bool IsNative { get; init; }

    /// <summary>Gets whether clients leave it out of their choice; null when nothing says so.</summary>
    public bool? Hidden { get; init; }

    /// <summary>Gets its system prompt; null for the general one.</summary>
    public string? Prompt { get; init; }

    /// <summary>Gets the model of prompts that name none; null for the session's.</summary>
    public ModelRef? Model { get; init; }

    /// <summary>Gets the variant of its model.</summary>
    public string? Variant { get; init; }

    /// <summary>Gets the temperature; null for the model's own.</summary>
    public double? Temperature { get; init; }

    /// <summary>Gets the nucleus that is sampled from; null for the model's own.</summary>
    public double? TopP { get; init; }

    /// <summary>Gets after how many steps of a turn no tool is offered any more; null for no limit.</summary>
    public int? Steps { get; init; }

    /// <summary>Gets the color for people: <c>#rrggbb</c> or a name of the client's theme.</summary>
    public string? Color { get; init; }

    /// <summary>Gets what is passed to the model's provider as it is.</summary>
    public IReadOnlyDictionary<string, JsonElement> Options { get; init; } = ReadOnlyDictionary<string, JsonElement>.Empty;
}
