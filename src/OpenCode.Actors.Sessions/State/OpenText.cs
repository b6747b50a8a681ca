using System.Text;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Parts;

namespace OpenCode.Actors.Sessions.State;

/// <summary>The text or reasoning part that a model is streaming into (rule "Streamed text is state").</summary>
/// <param name="Part">The part as it was announced, without text.</param>
/// <param name="Text">All of its text so far.</param>
/// <param name="Bytes">Its length in UTF-8.</param>
/// <param name="UnstoredBytes">How much of it, in UTF-8, is only in the log as deltas, and not yet in the row.</param>
/// <param name="HasRow">Whether there is a row of it.</param>
internal sealed record OpenText(Part Part, GrowingText Text, int Bytes, int UnstoredBytes, bool HasRow)
{
    /// <summary>Gets a value indicating whether this is reasoning.</summary>
    public bool IsReasoning => Part is ReasoningPart;

    /// <summary>Gets the part's id.</summary>
    public PartId Id => Part.Id;

    /// <summary>Makes the version with more text.</summary>
    public OpenText Append(string more)
    {
        var added = Encoding.UTF8.GetByteCount(more);
        return this with { Text = Text.Append(more), Bytes = Bytes + added, UnstoredBytes = UnstoredBytes + added };
    }

    /// <summary>Makes the part with the text so far.</summary>
    /// <param name="end">When it ended, in milliseconds of the epoch; null while it is open.</param>
    public Part Folded(long? end = null) => Part switch
    {
        TextPart text => text with { Text = Text.ToString(), Time = text.Time! with { End = end } },
        ReasoningPart reasoning => reasoning with { Text = Text.ToString(), Time = reasoning.Time with { End = end } },
        _ => throw new InvalidOperationException($"Part {Part.Id} of type '{Part.Type}' cannot be streamed into."),
    };

    /// <summary>Makes the open text of a part, with the text that it has.</summary>
    public static OpenText Of(Part part, bool hasRow)
    {
        var known = part is TextPart text ? text.Text : ((ReasoningPart)part).Text;
        return new OpenText(part, GrowingText.Of(known), Encoding.UTF8.GetByteCount(known), 0, hasRow);
    }
}
