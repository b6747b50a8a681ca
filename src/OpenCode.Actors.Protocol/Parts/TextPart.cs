using System.Text.Json;
using OpenCode.Actors.Protocol.Ids;

namespace OpenCode.Actors.Protocol.Parts;

/// <summary>Text of the user or the model.</summary>
/// <param name="Id">The part's id.</param>
/// <param name="SessionId">The session it belongs to.</param>
/// <param name="MessageId">The message it belongs to.</param>
/// <param name="Text">The whole text so far.</param>
public sealed record TextPart(PartId Id, SessionId SessionId, MessageId MessageId, string Text) : Part(Id, SessionId, MessageId)
{
    /// <summary>The tag on the wire.</summary>
    public const string TypeName = "text";

    /// <inheritdoc/>
    public override string Type => TypeName;

    /// <summary>Gets whether the server wrote it for the model, not the user.</summary>
    public bool? Synthetic { get; init; }

    /// <summary>Gets whether the model does not see it.</summary>
    public bool? Ignored { get; init; }

    /// <summary>Gets when it was streamed; a user's text has none.</summary>
    public PartTime? Time { get; init; }

    /// <summary>Gets what the provider or the client attached: any JSON.</summary>
    public JsonElement? Metadata { get; init; }
}

/// <summary>The model's reasoning.</summary>
/// <param name="Id">The part's id.</param>
/// <param name="SessionId">The session it belongs to.</param>
/// <param name="MessageId">The message it belongs to.</param>
/// <param name="Text">The whole text so far.</param>
/// <param name="Time">When it was streamed.</param>
public sealed record ReasoningPart(PartId Id, SessionId SessionId, MessageId MessageId, string Text, PartTime Time) : Part(Id, SessionId, MessageId)
{
    /// <summary>The tag on the wire.</summary>
    public const string TypeName = "reasoning";

    /// <inheritdoc/>
    public override string Type => TypeName;

    /// <summary>Gets what the provider attached, such as a signature: any JSON.</summary>
    public JsonElement? Metadata { get; init; }
}
