using System.Text.Json;
using OpenCode.Actors.Protocol.Parts;

namespace OpenCode.Actors.Sessions.State;

/// <summary>The changes of a decision for streamed text.</summary>
internal static class StreamedText
{
    /// <summary>Adds text to the open part of the assistant message, opening one of that kind if there is none.</summary>
    public static void Stream(this Decision decision, bool reasoning, string text)
    {
        if (decision.Turn.Open is { } other && other.IsReasoning != reasoning)
            decision.CloseText();

        if (decision.Turn.Open is null)
        {
            var (id, message, time) = (decision.NextPart(), decision.Turn.Assistant, new PartTime(decision.Now));
            Part part = reasoning ? new ReasoningPart(id, decision.Id, message, "", time) : new TextPart(id, decision.Id, message, "") { Time = time };
            decision.Put(part);
            decision.State = decision.State with { Turn = decision.Turn with { Open = OpenText.Of(part, hasRow: false) } };
        }

        var open = decision.Turn.Open!.Append(text);
        decision.State = decision.State with { Turn = decision.Turn with { Open = open } };
        decision.Events.Add(new DeltaEvent(decision.Id, decision.Turn.Assistant, open.Id, text));
    }

    /// <summary>Closes the open reasoning with the metadata that its provider needs again; without open reasoning, adds a part with that alone.</summary>
    public static void CloseReasoning(this Decision decision, JsonElement metadata)
    {
        if (decision.Turn.Open is { IsReasoning: true } open)
        {
            decision.State = decision.State with { Turn = decision.Turn with { Open = open with { Part = (ReasoningPart)open.Part with { Metadata = metadata } } } };
            decision.CloseText();
            return;
        }

        decision.CloseText();
        decision.Put(new ReasoningPart(decision.NextPart(), decision.Id, decision.Turn.Assistant, "", new PartTime(decision.Now, decision.Now)) { Metadata = metadata });
    }

    /// <summary>Closes the open part, if there is one: its last event has the whole text.</summary>
    public static void CloseText(this Decision decision)
    {
        if (decision.Turn.Open is not { } open)
            return;

        decision.State = decision.State with { Turn = decision.Turn with { Open = null } };
        decision.Drop(Rows.Open, "");
        decision.Put(open.Folded(decision.Now));
    }
}
