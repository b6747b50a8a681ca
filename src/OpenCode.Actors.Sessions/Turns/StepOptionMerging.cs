using OpenCode.Actors.Protocol.Models;
using OpenCode.Actors.Sessions.Agents;
using OpenCode.Actors.Sessions.Models;

namespace OpenCode.Actors.Sessions.Turns;

/// <summary>Merges the options of model, agent and variant for a step.</summary>
internal static class StepOptionMerging
{
    /// <summary>Adds the model's options below those of the agent, the variant's above them, and how long the answer may be.</summary>
    public static StepOptions Merge(StepOptions agent, ModelInfo model, string? variant) => agent with
    {
        MaxOutputTokens = agent.MaxOutputTokens ?? model.Limit.Answer,
        Provider = JsonObjects.Merge(
            JsonObjects.Merge(model.Options, agent.Provider),
            variant is not null && model.Variants.TryGetValue(variant, out var options) ? options : JsonObjects.Empty),
    };

    /// <summary>Creates the request of an agent that works without tools.</summary>
    public static ModelRequest Request(Agent? agent, string prompt, ModelInfo model, IReadOnlyList<ModelMessage> messages) => new(model.Id, agent?.Prompt ?? prompt, messages, [])
    {
        Options = Merge(new StepOptions { Temperature = agent?.Temperature, TopP = agent?.TopP, Provider = agent?.Options ?? JsonObjects.Empty }, model, null),
    };

    /// <summary>Returns what is wrong with the variant of a prompt; null when its model has it, or is not known and refused elsewhere.</summary>
    public static string? Mistake(IModelCatalog models, ModelRef model, string? variant)
    {
        if (variant is null || !models.TryResolve(model.ProviderId, model.ModelId, out var known) || known.Info.Variants.ContainsKey(variant))
            return null;

        return known.Info.Variants.Count == 0
            ? $"variant: '{variant}' is not known: {model} has no variants. Leave it out, or configure it in provider.{model.ProviderId}.models.{model.ModelId}.variants."
            : $"variant: {model} has no '{variant}'; give one of {string.Join(", ", known.Info.Variants.Keys)}, or none.";
    }
}
