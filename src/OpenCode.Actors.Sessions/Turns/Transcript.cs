using System.Text;
using OpenCode.Actors.Protocol.Messages;
using OpenCode.Actors.Protocol.Parts;
using OpenCode.Actors.Protocol.Texts;
using OpenCode.Actors.Sessions.State;

namespace OpenCode.Actors.Sessions.Turns;

/// <summary>Renders a conversation as one text, for a model that summarizes it. Files and the middle of long outputs are left out, so it is shorter than the conversation.</summary>
internal static class Transcript
{
    private static readonly int[] _outputLimits = [2_000, 200, 0];

    /// <summary>Renders the messages.</summary>
    /// <param name="messages">The messages to summarize.</param>
    /// <param name="most">How many characters the text may have. When it would have more, outputs are cut shorter, then the text's own middle.</param>
    public static string Of(IReadOnlyList<MessageState> messages, int most)
    {
        var text = "";
        foreach (var limit in _outputLimits)
        {
            text = Write(messages, limit);
            if (text.Length <= most)
                return text;
        }

        return Cut(text, most);
    }

    private static string Write(IReadOnlyList<MessageState> messages, int outputLimit)
    {
        var text = new StringBuilder();
        foreach (var message in messages)
        {
            // Of tries that were cut only the last counts, as in the conversation.
            var from = message.Parts.FindLastIndex(static part => part is StepStartPart) + 1;
            foreach (var part in message.Parts.Skip(from))
                Write(text, message.Info is UserMessage ? "User" : "Agent", part, outputLimit);
        }

        return text.ToString();
    }

    private static void Write(StringBuilder text, string speaker, Part part, int outputLimit)
    {
        switch (part)
        {
            case TextPart { Ignored: not true, Text.Length: > 0 } m:
                text.Append(speaker).Append(": ").Append(m.Text).Append("\n\n");
                break;
            case FilePart m:
                text.Append(speaker).Append(": (the file ").Append(m.Filename ?? m.Mime).Append(")\n\n");
                break;
            case ToolPart m:
                text.Append("Tool ").Append(m.Tool).Append(' ').Append(Cut(m.State.Input.GetRawText(), 1_000)).Append('\n').Append(Outcome(m.State, outputLimit)).Append("\n\n");
                break;
            default:
                break; // Reasoning and the marks of steps say nothing that the rest does not.
        }
    }

    private static string Outcome(ToolState state, int limit) => state switch
    {
        ToolCompleted { Time.Compacted: not null } => "(Its output is not kept.)",
        ToolCompleted m => Cut(m.Output, limit),
        ToolError m => "It failed: " + Cut(m.Error, Math.Max(limit, 200)),
        _ => "It did not end.",
    };

    // More of the end is kept than of the start: what is under way is there.
    private static string Cut(string text, int most)
    {
        if (text.Length <= most)
            return text;

        var (start, end) = (TextCut.StartLength(text, most / 4), TextCut.EndStart(text, most - (most / 4)));
        return $"{text.AsSpan(0, start)}\n(… {end - start} characters left out …)\n{text.AsSpan(end)}";
    }
}
