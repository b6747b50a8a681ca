using System.Text.Json;
using System.Text.Json.Serialization;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Messages;
using OpenCode.Actors.Protocol.Models;

namespace OpenCode.Actors.Protocol.Requests;

/// <summary>Body of <c>POST /session/{id}/message</c> and <c>/prompt_async</c>.</summary>
/// <param name="Parts">What the user says.</param>
public sealed record Prompt(IReadOnlyList<PromptPart> Parts) : IJsonOnDeserialized
{
    /// <summary>Gets the client's own id for the user message; a repeated one is answered as the first time.</summary>
    [JsonPropertyName("messageID")]
    public MessageId? MessageId { get; init; }

    /// <summary>Gets the model; null for the session's.</summary>
    public ModelRef? Model { get; init; }

    /// <summary>Gets the agent; null for the session's.</summary>
    public string? Agent { get; init; }

    /// <summary>Gets whether the message is only kept, without a turn.</summary>
    public bool? NoReply { get; init; }

    /// <summary>Gets a system prompt for this turn.</summary>
    public string? System { get; init; }

    /// <summary>Gets tools switched on or off for this turn.</summary>
    public IReadOnlyDictionary<string, bool>? Tools { get; init; }

    /// <summary>Gets the model's variant.</summary>
    public string? Variant { get; init; }

    /// <summary>Gets the form of the answer; null for text.</summary>
    public OutputFormat? Format { get; init; }

    /// <summary>Gets rules, which a prompt cannot have: a session has them.</summary>
    public JsonElement? Permission { get; init; }

    void IJsonOnDeserialized.OnDeserialized()
    {
        Lengths.RefuseLongName(Agent, "agent");
        Lengths.RefuseLongNames(Model);
        Lengths.RefuseLongName(Variant, "variant");
    }
}

/// <summary>Body of <c>POST /session/{id}/shell</c>: a command of the user, run at once.</summary>
/// <param name="Command">The command line.</param>
/// <param name="Agent">The agent whose message it becomes.</param>
/// <param name="Model">The model whose message it becomes; null for the session's.</param>
/// <param name="MessageId">The client's own id for the user message.</param>
public sealed record Shell(
    string Command,
    string Agent,
    ModelRef? Model = null,
    [property: JsonPropertyName("messageID")] MessageId? MessageId = null) : IJsonOnDeserialized
{
    void IJsonOnDeserialized.OnDeserialized()
    {
        Lengths.RefuseLongName(Agent, "agent");
        Lengths.RefuseLongNames(Model);
    }
}

/// <summary>Body of <c>POST /session/{id}/command</c>: a prompt from a template.</summary>
/// <param name="Command">The template's name.</param>
/// <param name="Arguments">What is put into it; may be empty.</param>
public sealed record RunCommand(string Command, string Arguments) : IJsonOnDeserialized
{
    /// <summary>Gets the client's own id for the user message.</summary>
    [JsonPropertyName("messageID")]
    public MessageId? MessageId { get; init; }

    /// <summary>Gets the agent; null for the template's or the session's.</summary>
    public string? Agent { get; init; }

    /// <summary>Gets the model as <c>provider/model</c>.</summary>
    public string? Model { get; init; }

    /// <summary>Gets the model's variant.</summary>
    public string? Variant { get; init; }

    /// <summary>Gets files for the model.</summary>
    public IReadOnlyList<PromptPart>? Parts { get; init; }

    void IJsonOnDeserialized.OnDeserialized()
    {
        Lengths.RefuseLongName(Agent, "agent");
        Lengths.RefuseLongName(Model, "model");
        Lengths.RefuseLongName(Variant, "variant");
        if (Parts?.FirstOrDefault(static part => part is not FilePromptPart) is { } other)
            throw new JsonException($"'parts' has one of the type '{other?.Type}'; a command takes files only.");
    }
}
