using System.Collections.Immutable;
using OpenCode.Actors.Protocol.Messages;
using OpenCode.Actors.Protocol.Parts;

namespace OpenCode.Actors.Sessions.State;

/// <summary>A message with its parts, in the order in which they were made.</summary>
internal sealed record MessageState(Message Info, ImmutableList<Part> Parts)
{
    /// <summary>Gets a value indicating whether a tool of this message has not come to its end.</summary>
    public bool HasOpenTools => Parts.Exists(static part => part is ToolPart { State: ToolPending or ToolRunning });

    /// <summary>Makes the message with a part added, or replaced if it is there.</summary>
    public MessageState With(Part part)
    {
        // From the end: what changes is nearly always among the last ones.
        for (var i = Parts.Count - 1; i >= 0; i--)
        {
            if (Parts[i].Id == part.Id)
                return this with { Parts = Parts.SetItem(i, part) };
        }

        return this with { Parts = Parts.Add(part) };
    }

    /// <summary>Finds the part of a tool call.</summary>
    public ToolPart? Tool(string callId) => (ToolPart?)Parts.FindLast(part => part is ToolPart tool && tool.CallId == callId);
}
