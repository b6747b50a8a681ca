using System.Text.Json;

namespace OpenCode.Actors.Sessions.Models;

/// <summary>Options for a model's answer of one step. Null leaves an option to the provider.</summary>
public sealed record StepOptions
{
    /// <summary>Gets the options of a step that wants nothing special.</summary>
    public static StepOptions Default { get; } = new();

    /// <summary>Gets the sampling temperature. A model whose capabilities lack it is not sent one.</summary>
    public double? Temperature { get; init; }

    /// <summary>Gets the nucleus of sampling.</summary>
    public double? TopP { get; init; }

    /// <summary>Gets the most tokens the answer may have; at most what the model's own limit allows.</summary>
    public int? MaxOutputTokens { get; init; }

    /// <summary>Gets the options of agent and variant, as the provider's package in opencode names them, such as <c>reasoningEffort</c> or <c>thinking</c>, already merged.</summary>
    public IReadOnlyDictionary<string, JsonElement> Provider { get; init; } = JsonObjects.Empty;

    /// <summary>Gets a value indicating whether the model must call a tool in this step, as for structured output.</summary>
    public bool MustCallTool { get; init; }

    /// <summary>Gets a value indicating whether the model may call tools in this step. A request may have to name those it called before nevertheless.</summary>
    public bool MayCallTools { get; init; } = true;
}
