using System.Text.Json;
using OpenCode.Actors.Models.Providers;
using OpenCode.Actors.Sessions.Models;

namespace OpenCode.Actors.Models.Known;

/// <summary>The variants of models that reason: how much they reason.</summary>
public static class Efforts
{
    private static readonly string[] _compatible = ["low", "medium", "high"];

    /// <summary>Returns the variants of a model that the configuration says reasons, and says no more.</summary>
    /// <param name="api">Its API.</param>
    public static IReadOnlyDictionary<string, IReadOnlyDictionary<string, JsonElement>> Of(ProviderApi api) => api == ProviderApi.Anthropic
        ? Budgets()
        : Make(_compatible, static effort => $$"""{"reasoningEffort":"{{effort}}"}""");

    internal static IReadOnlyDictionary<string, IReadOnlyDictionary<string, JsonElement>> OpenAi(params string[] efforts) =>
        Make(efforts, static effort => $$"""{"reasoningEffort":"{{effort}}"}""");

    /// <summary>Of models that choose their budget of tokens by an effort.</summary>
    internal static IReadOnlyDictionary<string, IReadOnlyDictionary<string, JsonElement>> Adaptive(params string[] efforts) =>
        Make(efforts, static effort => $$"""{"thinking":{"type":"adaptive","display":"summarized"},"effort":"{{effort}}"}""");

    /// <summary>Of models that take a budget of tokens for reasoning.</summary>
    internal static IReadOnlyDictionary<string, IReadOnlyDictionary<string, JsonElement>> Budgets() =>
        Make(["high", "max"], static effort => $$$"""{"thinking":{"type":"enabled","budgetTokens":{{{(effort == "max" ? 31_999 : 16_000)}}}}}""");

    private static Dictionary<string, IReadOnlyDictionary<string, JsonElement>> Make(string[] efforts, Func<string, string> optionsOf) =>
        efforts.ToDictionary(static effort => effort, effort => JsonObjects.Of(JsonElement.Parse(optionsOf(effort))), StringComparer.Ordinal);
}
