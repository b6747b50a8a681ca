using System.Buffers;
using System.Text;
using OpenCode.Actors.Protocol.Cursors;
using OpenCode.Actors.Protocol.Events;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Json;
using OpenCode.Actors.Protocol.Sse;
using OpenCode.Actors.Protocol.Texts;

namespace OpenCode.Actors.Streams.Frames;

/// <summary>The frames that belong to one stream and are in no log. On a wrapped stream they come in a wrapper without directory.</summary>
/// <param name="ids">Makes the events' ids.</param>
internal sealed class StreamEvents(IdFactory ids)
{
    /// <summary>What is echoed of an id that a client sent: ours are shorter.</summary>
    private const int MaxFromLength = 64;

    // 200 to 400 ms, so that a client that was reset is back within the order barrier: SDK clients double it at each reset and never go back.
    private static readonly byte[] _retry = SseFrame.Retry(TimeSpan.FromMilliseconds(300));

    /// <summary>The first frames: the reconnection time, then <c>server.connected</c>.</summary>
    /// <param name="wrapped">For which kind of stream.</param>
    /// <param name="id">Where the stream begins (rule "An id is a promise"); null before a gap, so that a client cut there asks for the same again.</param>
    public byte[] Connected(bool wrapped, StreamCursor? id) => [.. _retry, .. Frame(wrapped, id, new ServerConnected())];

    /// <summary>A sign of life that carries the cursor, so that a client of a quiet location moves forward too.</summary>
    public byte[] Heartbeat(bool wrapped, StreamCursor id) => Frame(wrapped, id, new ServerHeartbeat());

    /// <summary>Says that the stream resumes at another position than the one asked for (rule "Good cursor").</summary>
    /// <param name="wrapped">For which kind of stream.</param>
    /// <param name="reason">Why.</param>
    /// <param name="from">What was asked for.</param>
    /// <param name="to">Where it resumes.</param>
    /// <param name="withId">Whether it carries the fresh id: not where a repaint follows (rule "Repaint whole or nothing").</param>
    public byte[] Gap(bool wrapped, string reason, string from, StreamCursor to, bool withId) =>
        Frame(wrapped, withId ? to : null, new HubGap(Reason: reason, From: TextCut.Start(from, MaxFromLength), To: to.ToString()));

    private byte[] Frame(bool wrapped, StreamCursor? id, IEventProperties properties)
    {
        var data = new ArrayBufferWriter<byte>(256);
        if (wrapped)
            EventEnvelope.WriteWrapped(data, directory: null, project: null, Encoding.UTF8.GetBytes(ids.NewEvent().Value), properties.EventType, EventJson.Encode(properties));
        else
            EventEnvelope.WriteBare(data, Encoding.UTF8.GetBytes(ids.NewEvent().Value), properties.EventType, EventJson.Encode(properties));
        return SseFrame.Build(id, data.WrittenSpan);
    }
}
