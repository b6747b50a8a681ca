using System.Text.Json;
using OpenCode.Actors.Protocol.Messages;
using OpenCode.Actors.Protocol.Parts;

namespace OpenCode.Actors.Sessions.State;

/// <summary>The messages that continue a turn after a summary. They are marked: their answer also answers the prompt before the summary.</summary>
internal static class Continuations
{
    private const string MarkName = "compaction_continue"; // opencode's

    /// <summary>Gets the metadata that marks one.</summary>
    public static JsonElement Mark { get; } = JsonElement.Parse($$"""{"{{MarkName}}":true}""");

    /// <summary>Returns a part with the mark, where its kind has metadata.</summary>
    public static Part Marked(Part part) => part is TextPart text ? text with { Metadata = Mark } : part;

    /// <summary>True if a message is one.</summary>
    public static bool IsOne(MessageState message) => message.Info is UserMessage
        && message.Parts.Exists(static part => part is TextPart { Metadata: { ValueKind: JsonValueKind.Object } metadata } && metadata.TryGetProperty(MarkName, out _));
}
