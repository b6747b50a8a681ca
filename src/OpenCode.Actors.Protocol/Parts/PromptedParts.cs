using System.Text.Json;
using System.Text.Json.Serialization;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Models;

namespace OpenCode.Actors.Protocol.Parts;

/// <summary>A file given to the model.</summary>
/// <param name="Id">The part's id.</param>
/// <param name="SessionId">The session it belongs to.</param>
/// <param name="MessageId">The message it belongs to.</param>
/// <param name="Mime">The media type.</param>
/// <param name="Url">A <c>file:</c> or <c>data:</c> URL.</param>
public sealed record FilePart(PartId Id, SessionId SessionId, MessageId MessageId, string Mime, string Url) : Part(Id, SessionId, MessageId)
{
    /// <summary>The tag on the wire.</summary>
    public const string TypeName = "file";

    /// <inheritdoc/>
    public override string Type => TypeName;

    /// <summary>Gets the name for people.</summary>
    public string? Filename { get; init; }

    /// <summary>Gets where in the prompt it was named (file, symbol or resource), as the client wrote it.</summary>
    public JsonElement? Source { get; init; }
}

/// <summary>An agent named in a prompt.</summary>
/// <param name="Id">The part's id.</param>
/// <param name="SessionId">The session it belongs to.</param>
/// <param name="MessageId">The message it belongs to.</param>
/// <param name="Name">The agent.</param>
public sealed record AgentPart(PartId Id, SessionId SessionId, MessageId MessageId, string Name) : Part(Id, SessionId, MessageId)
{
    /// <summary>The tag on the wire.</summary>
    public const string TypeName = "agent";

    /// <inheritdoc/>
    public override string Type => TypeName;

    /// <summary>Gets where in the prompt it was named: <c>{value, start, end}</c>.</summary>
    public JsonElement? Source { get; init; }
}

/// <summary>Work for a child session.</summary>
/// <param name="Id">The part's id.</param>
/// <param name="SessionId">The session it belongs to.</param>
/// <param name="MessageId">The message it belongs to.</param>
/// <param name="Prompt">The prompt of the child.</param>
/// <param name="Description">A short line for people.</param>
/// <param name="Agent">The child's agent.</param>
public sealed record SubtaskPart(PartId Id, SessionId SessionId, MessageId MessageId, string Prompt, string Description, string Agent)
    : Part(Id, SessionId, MessageId)
{
    /// <summary>The tag on the wire.</summary>
    public const string TypeName = "subtask";

    /// <inheritdoc/>
    public override string Type => TypeName;

    /// <summary>Gets the child's model.</summary>
    public ModelRef? Model { get; init; }

    /// <summary>Gets the command that asked for it.</summary>
    public string? Command { get; init; }
}

/// <summary>The request to sum up the session so far.</summary>
/// <param name="Id">The part's id.</param>
/// <param name="SessionId">The session it belongs to.</param>
/// <param name="MessageId">The message it belongs to.</param>
/// <param name="Auto">Whether the server asked, since the context was nearly full.</param>
public sealed record CompactionPart(PartId Id, SessionId SessionId, MessageId MessageId, bool Auto) : Part(Id, SessionId, MessageId)
{
    /// <summary>The tag on the wire.</summary>
    public const string TypeName = "compaction";

    /// <inheritdoc/>
    public override string Type => TypeName;

    /// <summary>Gets whether the model had refused the context as too long.</summary>
    public bool? Overflow { get; init; }

    /// <summary>Gets the first message that is kept as it is.</summary>
    [JsonPropertyName("tail_start_id")]
    public MessageId? TailStartId { get; init; }
}
