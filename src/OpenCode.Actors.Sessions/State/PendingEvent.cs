using System.Text;
using OpenCode.Actors.Protocol.Events;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Json;

namespace OpenCode.Actors.Sessions.State;

/// <summary>An event that was decided and waits in the outbox.</summary>
/// <param name="type">The type of the event.</param>
/// <param name="sequence">Place among the session's durable events; -1 for a volatile one.</param>
internal abstract class PendingEvent(string type, long sequence)
{
    /// <summary>Gets the type of the event.</summary>
    public string Type { get; } = type;

    /// <summary>Gets the place among the session's durable events; -1 for a volatile one.</summary>
    public long Sequence { get; } = sequence;

    /// <summary>Encodes the event's properties.</summary>
    public abstract byte[] Encode();
}

/// <summary>A decided event, encoded at once, so that a failure to encode it is the caller's error.</summary>
internal sealed class WholeEvent(IEventProperties properties, long sequence) : PendingEvent(properties.EventType, sequence)
{
    private readonly byte[] _json = EventJson.Encode(properties);

    /// <inheritdoc/>
    public override byte[] Encode() => _json;
}

/// <summary>A piece of streamed text. Neighbours of one part become one event while they wait.</summary>
internal sealed class DeltaEvent(SessionId sessionId, MessageId messageId, PartId partId, string text) : PendingEvent(EventTypes.PartDelta, -1)
{
    private readonly PartId _partId = partId;
    private readonly StringBuilder _text = new(text);

    /// <summary>Joins the next event, if it is a piece of the same part.</summary>
    public bool TryJoin(DeltaEvent next)
    {
        if (next._partId != _partId)
            return false;

        _text.Append(next._text);
        return true;
    }

    /// <inheritdoc/>
    public override byte[] Encode() => EventJson.Encode(new PartDelta(sessionId, messageId, _partId, PartDelta.TextField, _text.ToString()));
}
