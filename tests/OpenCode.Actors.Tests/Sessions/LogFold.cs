using System.Text.Json;
using OpenCode.Actors.Journal;
using OpenCode.Actors.Protocol.Events;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Json;
using OpenCode.Actors.Protocol.Messages;
using OpenCode.Actors.Protocol.Parts;

namespace OpenCode.Actors.Tests.Sessions;

/// <summary>What a client that saw every event of a session has on its screen.</summary>
internal static class LogFold
{
    /// <summary>Folds the events of one session.</summary>
    /// <param name="log">Its entries, from its first on.</param>
    public static List<MessageWithParts> MessagesOf(IEnumerable<LogEntry> log)
    {
        var messages = new List<(Message Info, List<Part> Parts)>();
        foreach (var entry in log)
            Take(messages, entry);
        return messages.ConvertAll(message => new MessageWithParts(message.Info, message.Parts));
    }

    private static void Take(List<(Message Info, List<Part> Parts)> messages, LogEntry entry)
    {
        switch (entry.Type)
        {
            case EventTypes.MessageUpdated:
                var info = JsonSerializer.Deserialize(entry.Properties.Span, ProtocolJson.Wire.MessageUpdated)!.Info;
                var known = messages.FindIndex(message => message.Info.Id == info.Id);
                if (known < 0)
                    messages.Add((info, []));
                else
                    messages[known] = (info, messages[known].Parts);
                break;
            case EventTypes.PartUpdated:
                Put(messages, JsonSerializer.Deserialize(entry.Properties.Span, ProtocolJson.Wire.PartUpdated)!.Part);
                break;
            case EventTypes.PartDelta:
                var delta = JsonSerializer.Deserialize(entry.Properties.Span, ProtocolJson.Wire.PartDelta)!;
                Grow(messages.Find(message => message.Info.Id == delta.MessageId).Parts, delta.PartId, delta.Delta);
                break;
            case EventTypes.MessageRemoved:
                var removed = JsonSerializer.Deserialize(entry.Properties.Span, ProtocolJson.Wire.MessageRemoved)!;
                messages.RemoveAll(message => message.Info.Id == removed.MessageId);
                break;
            case EventTypes.PartRemoved:
                var part = JsonSerializer.Deserialize(entry.Properties.Span, ProtocolJson.Wire.PartRemoved)!;
                messages.Find(message => message.Info.Id == part.MessageId).Parts.RemoveAll(other => other.Id == part.PartId);
                break;
            default:
                break;
        }
    }

    private static void Put(List<(Message Info, List<Part> Parts)> messages, Part part)
    {
        var parts = messages.Find(message => message.Info.Id == part.MessageId).Parts;
        var place = parts.FindIndex(other => other.Id == part.Id);
        if (place < 0)
            parts.Add(part);
        else
            parts[place] = part;
    }

    private static void Grow(List<Part> parts, PartId id, string delta)
    {
        var place = parts.FindIndex(part => part.Id == id);
        parts[place] = parts[place] switch
        {
            TextPart text => text with { Text = text.Text + delta },
            ReasoningPart reasoning => reasoning with { Text = reasoning.Text + delta },
            var other => throw new InvalidOperationException($"A delta for {other}."),
        };
    }
}
