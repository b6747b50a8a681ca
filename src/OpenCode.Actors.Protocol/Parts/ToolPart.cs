using System.Text.Json;
using System.Text.Json.Serialization;
using OpenCode.Actors.Protocol.Ids;

namespace OpenCode.Actors.Protocol.Parts;

/// <summary>A call of a tool, with its state.</summary>
/// <param name="Id">The part's id.</param>
/// <param name="SessionId">The session it belongs to.</param>
/// <param name="MessageId">The message it belongs to.</param>
/// <param name="CallId">The model's name for the call.</param>
/// <param name="Tool">The tool.</param>
/// <param name="State">Pending, running, completed or error.</param>
public sealed record ToolPart(
    PartId Id,
    SessionId SessionId,
    MessageId MessageId,
    [property: JsonPropertyName("callID")] string CallId,
    string Tool,
    ToolState State) : Part(Id, SessionId, MessageId)
{
    /// <summary>The tag on the wire.</summary>
    public const string TypeName = "tool";

    /// <inheritdoc/>
    public override string Type => TypeName;

    /// <summary>Gets what the provider attached to the call: any JSON.</summary>
    public JsonElement? Metadata { get; init; }
}
