using Akka.Actor;
using OpenCode.Actors.Journaling;
using OpenCode.Actors.Protocol.Cursors;
using OpenCode.Actors.Streams.Clients;

namespace OpenCode.Actors.Tests.Streams.Walks;

/// <summary>
/// An SSE client that comes back with its last id, and a model of what it must see: each event it selects once and in order, and nothing left out unless it was told so.
/// </summary>
internal sealed class WalkingClient(ClientWalk walk, StreamKind kind)
{
    private RecordingSseWriter? _writer;
    private Task<object>? _answer;
    private bool _isCut;
    private int _checked;
    private string? _id;

    // The client has all up to the offset, and of the entry behind it the first of two frames if that is set. Unknown before its first frame.
    private long? _at;
    private bool _hasFirstTwin;
    private bool _awaitsGap;

    /// <summary>Gets the response; null while the client is not connected.</summary>
    public RecordingSseWriter? Writer => _writer;

    public bool IsConnected => _writer is { ResetBy: null, EndedCleanly: false } && !_isCut;

    public bool IsDone => _at is { } at && Next(at) is null && !_hasFirstTwin;

    public int Gaps { get; private set; }

    public int Seen { get; private set; }

    private EntryFilter Filter => kind switch
    {
        StreamKind.Bare => new EntryFilter(Location: "/a"),
        StreamKind.Session => new EntryFilter(SessionId: "ses_1"),
        _ => EntryFilter.All,
    };

    /// <summary>Connects with the last id, unless it is connected.</summary>
    public void Connect()
    {
        if (IsConnected)
            return;

        Check();
        _writer = new RecordingSseWriter();
        _checked = 0;
        _isCut = false;
        var request = new StreamRequest(kind, kind == StreamKind.Bare ? "/a" : null, kind == StreamKind.Session ? "ses_1" : null, _id, _writer);
        _answer = walk.Hub.Ask<object>(new StreamHubActor.Connect(request));
        walk.Connections.Add((request, _answer));
    }

    /// <summary>The connection is cut. What was on its way to the client is lost.</summary>
    public void Cut()
    {
        if (!IsConnected)
            return;

        Check();
        _isCut = true;
        LeaveIfCut();
    }

    /// <summary>From now on it takes all at once.</summary>
    public void TakeAll()
    {
        if (_writer is null)
            return;

        _writer.Holds = false;
        if (_writer.IsWriting)
            _writer.Release();
    }

    /// <summary>Looks at what came since the last look.</summary>
    public void Check()
    {
        LeaveIfCut();
        if (_writer is null || _isCut)
            return;

        for (; _checked < _writer.Events.Count; _checked++)
            Take(_writer.Events[_checked]);
    }

    public IActorRef? Actor => _answer is { IsCompletedSuccessfully: true, Result: StreamHubActor.Connected m } ? m.Client : null;

    // As the endpoint does when the request is aborted.
    private void LeaveIfCut()
    {
        if (_isCut)
            Actor?.Tell(SseClientActor.Disconnect.Instance, ActorRefs.NoSender);
    }

    private void Take(SeenEvent seen)
    {
        switch (seen.Type)
        {
            case "server.connected":
                TakeConnected(seen);
                break;
            case "hub.gap":
                TakeGap(seen);
                break;
            case "server.heartbeat":
                TakeHeartbeat(seen);
                break;
            default:
                TakeEvent(seen);
                break;
        }

        if (seen.Id.Length > 0)
            _id = seen.Id;
    }

    private void TakeConnected(SeenEvent seen)
    {
        // RULES A1 and A2: the id that was asked for; none before a gap.
        _awaitsGap = _id is not null && seen.Id.Length == 0;
        if (_id is not null && !_awaitsGap)
            Assert.Equal(_id, seen.Id);
        _at ??= Offset(seen.Id);
    }

    private void TakeGap(SeenEvent seen)
    {
        var properties = (seen.Json.TryGetProperty("payload", out var payload) ? payload : seen.Json).GetProperty("properties");
        Assert.Equal("window", properties.GetProperty("reason").GetString());
        ExpectNothingUpTo(Offset(properties.GetProperty("from").GetString()!));
        Assert.True(_at < walk.Journal.Floor, $"A gap was told at {_at} although the floor is {walk.Journal.Floor}.");
        _awaitsGap = false;
        _hasFirstTwin = false;
        _at = Offset(seen.Id);
        Gaps++;
    }

    private void TakeHeartbeat(SeenEvent seen)
    {
        Assert.False(_awaitsGap);
        var offset = Offset(seen.Id);
        if (_hasFirstTwin)
        {
            Assert.Equal(_id, seen.Id);
            return;
        }

        ExpectNothingUpTo(offset);
        _at = offset;
    }

    // The client moves on over what it does not select.
    private void ExpectNothingUpTo(long offset)
    {
        Assert.True(offset >= _at, $"The stream went back from {_at} to {offset}.");
        Assert.True(Next(_at!.Value) is not { } next || next.Offset > offset, $"The stream went on to {offset} and left out an event behind {_at}.");
    }

    private void TakeEvent(SeenEvent seen)
    {
        Assert.False(_awaitsGap);
        var entry = Next(_at!.Value);
        Assert.NotNull(entry);
        Assert.Equal(entry.EventId, seen.EventId);
        var hasTwin = kind == StreamKind.Wrapped && entry is { Durable: true, SessionId: not null };
        var isFirst = hasTwin && !_hasFirstTwin;
        Assert.Equal(hasTwin && _hasFirstTwin ? "sync" : entry.Type, seen.Type);
        Assert.Equal(walk.Id(entry.Offset, suffix: isFirst ? ".1" : ""), seen.Id);
        _hasFirstTwin = isFirst;
        if (!isFirst)
            _at = entry.Offset;
        Seen++;
    }

    private LogEntry? Next(long after) => walk.Journal.Entries.Skip((int)after).FirstOrDefault(Filter.Matches);

    // Up to which the client has all: between two twins (.1) their entry is not among it.
    private static long Offset(string id)
    {
        Assert.True(StreamCursor.TryParse(id, out var cursor));
        return cursor.Twin ? cursor.Offset - 1 : cursor.Offset;
    }
}
