using OpenCode.Actors.Protocol.Parts;

namespace OpenCode.Actors.Sessions.State;

/// <content>Text that streams in.</content>
internal sealed partial class Decision
{
    /// <summary>Adds text to the open part of the assistant message, opening one of that kind if there is none.</summary>
    public void Stream(bool reasoning, string text)
    {
        if (Turn.Open is { } other && other.IsReasoning != reasoning)
            CloseText();

        if (Turn.Open is null)
        {
            var (id, message, time) = (NextPart(), Turn.Assistant, new PartTime(Now));
            Part part = reasoning ? new ReasoningPart(id, Id, message, "", time) : new TextPart(id, Id, message, "") { Time = time };
            Put(part);
            State = State with { Turn = Turn with { Open = OpenText.Of(part, hasRow: false) } };
        }

        var open = Turn.Open!.Append(text);
        State = State with { Turn = Turn with { Open = open } };
        Events.Add(new DeltaEvent(Id, Turn.Assistant, open.Id, text));
    }

    /// <summary>Closes the open part, if there is one: its last event has the whole text.</summary>
    public void CloseText()
    {
        if (Turn.Open is not { } open)
            return;

        State = State with { Turn = Turn with { Open = null } };
        Drop(Rows.Open, "");
        Put(open.Folded(Now));
    }
}
