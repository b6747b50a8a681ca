using System.Text.Json;
using System.Text.Json.Serialization;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Sessions;

namespace OpenCode.Actors.Protocol.Messages;

/// <summary>One step of a model: an answer, or tool calls after which another step follows.</summary>
/// <param name="Id">The message's id.</param>
/// <param name="SessionId">The session it belongs to.</param>
/// <param name="Time">When it was made and completed.</param>
/// <param name="ParentId">The user message that it answers.</param>
/// <param name="ProviderId">The provider of the model.</param>
/// <param name="ModelId">The model.</param>
/// <param name="Mode">The agent, by its old name on the wire.</param>
/// <param name="Agent">The agent.</param>
/// <param name="Path">Its location.</param>
public sealed record AssistantMessage(
    MessageId Id,
    SessionId SessionId,
    MessageTime Time,
    [property: JsonPropertyName("parentID")] MessageId ParentId,
    [property: JsonPropertyName("providerID")] string ProviderId,
    [property: JsonPropertyName("modelID")] string ModelId,
    string Mode,
    string Agent,
    MessagePath Path) : Message(Id, SessionId, Time)
{
    /// <summary>The role on the wire.</summary>
    public const string RoleName = "assistant";

    /// <inheritdoc/>
    public override string Role => RoleName;

    /// <summary>Gets the cost in US dollars.</summary>
    public decimal Cost { get; init; }

    /// <summary>Gets the tokens used.</summary>
    public Tokens Tokens { get; init; } = Tokens.Zero;

    /// <summary>Gets why the step ended: <c>stop</c>, <c>tool-calls</c>, <c>length</c> ...; null while it is open and after an error.</summary>
    public string? Finish { get; init; }

    /// <summary>Gets what went wrong.</summary>
    public MessageError? Error { get; init; }

    /// <summary>Gets whether this is a summary of the session (<c>/summarize</c>).</summary>
    public bool? Summary { get; init; }

    /// <summary>Gets the model's variant.</summary>
    public string? Variant { get; init; }

    /// <summary>Gets the object that the prompt's <see cref="UserMessage.Format"/> asked for.</summary>
    public JsonElement? Structured { get; init; }
}

/// <summary>Where a message was worked on.</summary>
/// <param name="Cwd">The session's directory.</param>
/// <param name="Root">The worktree's root.</param>
public sealed record MessagePath(string Cwd, string Root);
