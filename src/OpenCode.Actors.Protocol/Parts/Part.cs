using System.Text.Json;
using System.Text.Json.Serialization;
using OpenCode.Actors.Protocol.Converters;
using OpenCode.Actors.Protocol.Ids;

namespace OpenCode.Actors.Protocol.Parts;

/// <summary>A part of a message: text, reasoning, a tool call and so on, distinguished by <c>type</c>. A type that is not known stays raw: <see cref="UnknownPart"/>.</summary>
/// <param name="Id">The part's id.</param>
/// <param name="SessionId">The session it belongs to.</param>
/// <param name="MessageId">The message it belongs to.</param>
[JsonConverter(typeof(PartConverter))]
public abstract record Part(
    PartId Id,
    [property: JsonPropertyName("sessionID")] SessionId SessionId,
    [property: JsonPropertyName("messageID")] MessageId MessageId)
{
    /// <summary>Gets the tag on the wire.</summary>
    public abstract string Type { get; }
}

/// <summary>Times of a part in milliseconds of the epoch.</summary>
/// <param name="Start">When it began.</param>
/// <param name="End">When it was complete; clients print a text only then.</param>
public sealed record PartTime(long Start, long? End = null)
{
    /// <summary>Gets since when requests to models leave out the output of this tool.</summary>
    public long? Compacted { get; init; }
}

internal sealed class PartConverter() : TaggedConverter<Part>(
    "type",
    (TextPart.TypeName, typeof(TextPart)),
    (ReasoningPart.TypeName, typeof(ReasoningPart)),
    (ToolPart.TypeName, typeof(ToolPart)),
    (StepStartPart.TypeName, typeof(StepStartPart)),
    (StepFinishPart.TypeName, typeof(StepFinishPart)),
    (FilePart.TypeName, typeof(FilePart)),
    (AgentPart.TypeName, typeof(AgentPart)),
    (SubtaskPart.TypeName, typeof(SubtaskPart)),
    (PatchPart.TypeName, typeof(PatchPart)),
    (CompactionPart.TypeName, typeof(CompactionPart)))
{
    public override void Write(Utf8JsonWriter writer, Part value, JsonSerializerOptions options)
    {
        if (value is UnknownPart unknown)
            unknown.Raw.WriteTo(writer);
        else
            base.Write(writer, value, options);
    }

    protected override Part ReadUnknown(ref Utf8JsonReader reader, string value) => new UnknownPart(JsonElement.ParseValue(ref reader));
}
