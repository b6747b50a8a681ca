using System.Text.Json;
using System.Text.Json.Serialization;
using OpenCode.Actors.Protocol.Converters;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Models;
using OpenCode.Actors.Protocol.Parts;

namespace OpenCode.Actors.Protocol.Requests;

/// <summary>A part as clients send it, distinguished by <c>type</c>. A closed union: a type that is not known is refused.</summary>
[JsonConverter(typeof(PromptPartConverter))]
public abstract record PromptPart
{
    /// <summary>Gets the client's own id for the part.</summary>
    public PartId? Id { get; init; }

    /// <summary>Gets the tag on the wire.</summary>
    public abstract string Type { get; }

    /// <summary>Makes it a part of a message.</summary>
    /// <param name="id">The id: the client's, or a new one.</param>
    /// <param name="sessionId">The session.</param>
    /// <param name="messageId">The user message.</param>
    /// <returns>The part.</returns>
    public abstract Part ToPart(PartId id, SessionId sessionId, MessageId messageId);
}

/// <summary>Text of the user.</summary>
/// <param name="Text">The text.</param>
public sealed record TextPromptPart(string Text) : PromptPart
{
    /// <inheritdoc/>
    public override string Type => TextPart.TypeName;

    /// <summary>Gets whether the client wrote it, not the user.</summary>
    public bool? Synthetic { get; init; }

    /// <summary>Gets whether the model does not see it.</summary>
    public bool? Ignored { get; init; }

    /// <summary>Gets times of the client's own.</summary>
    public PartTime? Time { get; init; }

    /// <summary>Gets what the client attached: any JSON.</summary>
    public JsonElement? Metadata { get; init; }

    /// <inheritdoc/>
    public override Part ToPart(PartId id, SessionId sessionId, MessageId messageId) =>
        new TextPart(id, sessionId, messageId, Text) { Synthetic = Synthetic, Ignored = Ignored, Time = Time, Metadata = Metadata };
}

/// <summary>A file for the model.</summary>
/// <param name="Mime">The media type.</param>
/// <param name="Url">A <c>file:</c> or <c>data:</c> URL.</param>
public sealed record FilePromptPart(string Mime, string Url) : PromptPart
{
    /// <inheritdoc/>
    public override string Type => FilePart.TypeName;

    /// <summary>Gets the name for people.</summary>
    public string? Filename { get; init; }

    /// <summary>Gets where in the prompt it was named, passed on as it is.</summary>
    public JsonElement? Source { get; init; }

    /// <inheritdoc/>
    public override Part ToPart(PartId id, SessionId sessionId, MessageId messageId) =>
        new FilePart(id, sessionId, messageId, Mime, Url) { Filename = Filename, Source = Source };
}

/// <summary>An agent named in the prompt.</summary>
/// <param name="Name">The agent.</param>
public sealed record AgentPromptPart(string Name) : PromptPart
{
    /// <inheritdoc/>
    public override string Type => AgentPart.TypeName;

    /// <summary>Gets where in the prompt it was named, passed on as it is.</summary>
    public JsonElement? Source { get; init; }

    /// <inheritdoc/>
    public override Part ToPart(PartId id, SessionId sessionId, MessageId messageId) => new AgentPart(id, sessionId, messageId, Name) { Source = Source };
}

/// <summary>Work for a child session.</summary>
/// <param name="Prompt">The prompt of the child.</param>
/// <param name="Description">A short line for people.</param>
/// <param name="Agent">The child's agent.</param>
public sealed record SubtaskPromptPart(string Prompt, string Description, string Agent) : PromptPart
{
    /// <inheritdoc/>
    public override string Type => SubtaskPart.TypeName;

    /// <summary>Gets the child's model.</summary>
    public ModelRef? Model { get; init; }

    /// <summary>Gets the command that asked for it.</summary>
    public string? Command { get; init; }

    /// <inheritdoc/>
    public override Part ToPart(PartId id, SessionId sessionId, MessageId messageId) =>
        new SubtaskPart(id, sessionId, messageId, Prompt, Description, Agent) { Model = Model, Command = Command };
}

internal sealed class PromptPartConverter() : TaggedConverter<PromptPart>(
    "type",
    (TextPart.TypeName, typeof(TextPromptPart)),
    (FilePart.TypeName, typeof(FilePromptPart)),
    (AgentPart.TypeName, typeof(AgentPromptPart)),
    (SubtaskPart.TypeName, typeof(SubtaskPromptPart)));
