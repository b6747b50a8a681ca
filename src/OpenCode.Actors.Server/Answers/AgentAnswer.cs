using System.Text.Json;
using OpenCode.Actors.Protocol.Permissions;
using OpenCode.Actors.Server.Config;
using OpenCode.Actors.Sessions.Agents;

namespace OpenCode.Actors.Server.Answers;

/// <summary>An agent as clients list it.</summary>
/// <param name="Name">Its name in prompts.</param>
/// <param name="Mode">Whether users choose it, other agents call it, or both.</param>
/// <param name="Native">Whether it comes with the server.</param>
/// <param name="Permission">The rules that hold for it, weakest first.</param>
/// <param name="Options">What its model's provider gets.</param>
internal sealed record AgentAnswer(string Name, AgentMode Mode, bool Native, IReadOnlyList<PermissionRule> Permission, IReadOnlyDictionary<string, JsonElement> Options)
{
    public string? Description { get; init; }

    public bool? Hidden { get; init; }

    public double? TopP { get; init; }

    public double? Temperature { get; init; }

    public string? Color { get; init; }

    public AgentModel? Model { get; init; }

    public string? Variant { get; init; }

    public string? Prompt { get; init; }

    public int? Steps { get; init; }

    /// <summary>Makes the answer for an agent.</summary>
    /// <param name="agent">The agent.</param>
    /// <param name="referenced">The texts that no client sees.</param>
    public static AgentAnswer Of(Agent agent, IReadOnlySet<string> referenced) => new(agent.Name, agent.Mode, agent.IsNative, agent.Permission, PublicOptions.Of(agent.Options, referenced))
    {
        Description = agent.Description,
        Hidden = agent.Hidden,
        TopP = agent.TopP,
        Temperature = agent.Temperature,
        Color = agent.Color,
        Model = agent.Model is { } model ? new AgentModel(model.ModelId, model.ProviderId) : null,
        Variant = agent.Variant,
        Prompt = agent.Prompt is { } prompt && referenced.Contains(prompt) ? null : agent.Prompt,
        Steps = agent.Steps,
    };
}
