using Akka.Actor;
using OpenCode.Actors.Journaling;
using OpenCode.Actors.Protocol.Cursors;
using OpenCode.Actors.Streams.Clients;
using OpenCode.Actors.Tests.Streams;

namespace OpenCode.Actors.Tests.Simulation;

/// <summary>
/// An SSE client that comes back with its last id, over restarts too, and a model of what it must see: each entry it selects once and in order, and nothing left out unless it
/// was told so and it was really gone.
/// </summary>
internal sealed class SimulatedClient(World world, KnownLog log, string name, StreamKind kind, string? location, string? session)
{
    private readonly EntryFilter _filter = kind switch
    {
        StreamKind.Bare => new EntryFilter(Location: location),
        StreamKind.Session => new EntryFilter(SessionId: session),
        _ => EntryFilter.All,
    };

    private HubNode? _node;
    private Task<object>? _answer;
    private bool _isCut;
    private int _checked;
    private string? _id;

    // The client has all up to the offset, and of the entry behind it the first of two frames if that is set. Unknown before its first frame.
    private long? _at;
    private bool _hasFirstTwin;
    private bool _awaitsGap;

    /// <summary>Gets the response; null before the first connection.</summary>
    public RecordingSseWriter? Writer { get; private set; }

    public bool IsConnected => Writer is { ResetBy: null, EndedCleanly: false } && !_isCut && _answer is not { IsCompleted: true, Result: not StreamHubActor.Connected };

    public IActorRef? Actor => _answer is { IsCompletedSuccessfully: true, Result: StreamHubActor.Connected m } ? m.Client : null;

    public int Seen { get; private set; }

    public int Gaps { get; private set; }

    /// <summary>Connects with the last id, unless it is connected.</summary>
    public void Connect(HubNode node)
    {
        if (IsConnected)
            return;

        Look();
        (_node, _checked, _isCut) = (node, 0, false);
        Writer = new RecordingSseWriter { Watch = OnArrival };
        _answer = node.Hub.Ask<object>(new StreamHubActor.Connect(new StreamRequest(kind, location, session, _id, Writer)));
    }

    /// <summary>The connection is cut. What was on its way to the client is lost.</summary>
    public void Cut()
    {
        if (!IsConnected)
            return;

        Look();
        _isCut = true;
        LeaveIfCut();
    }

    /// <summary>Looks at what came since the last look.</summary>
    public void Look()
    {
        LeaveIfCut();
        if (Writer is null || _isCut)
            return;

        for (; _checked < Writer.Events.Count; _checked++)
            Take(Writer.Events[_checked]);
    }

    /// <summary>Expects that the client has all there is: no step is left to run, so what it lacks now would come by luck only.</summary>
    public void ExpectAll()
    {
        if (!IsConnected || Writer is not { Holds: false, IsWriting: false })
            return;

        Expect(_at is not null && !_awaitsGap, "was let in and told nothing");
        Expect(!_hasFirstTwin, $"has only the first frame of the entry behind {_at}");
        if (_at is { } at && log.Next(at, _filter) is { } missing)
            Break($"has all up to {at} and was not given {missing}, though nothing is left to run");
    }

    // As the endpoint does when the request is aborted.
    private void LeaveIfCut()
    {
        if (_isCut)
            Actor?.Tell(SseClientActor.Disconnect.Instance, ActorRefs.NoSender);
    }

    // Durable before visible: at the moment it arrives.
    private void OnArrival(SeenEvent seen)
    {
        if (StreamCursor.TryParse(seen.Id, out var cursor) && cursor.Generation == _node!.Journal.Timeline.Current)
            Expect(cursor.Offset <= _node.Journal.Head, $"was given {seen.Type} at {seen.Id} before it was committed: the head is {_node.Journal.Head}");
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

    // RULES A1 and A2: the place that was asked for, in the running generation; none before a gap.
    private void TakeConnected(SeenEvent seen)
    {
        _awaitsGap = _id is not null && seen.Id.Length == 0;
        Expect(_id is null || _awaitsGap || Place(seen.Id) == Place(_id), $"came back with {_id} and was let in at {seen.Id}");
        Expect(_id is null || _awaitsGap || !IsLost(_id), $"came back with {_id}, which a power cut took, and was told of no gap");
        _at ??= Offset(seen.Id);
    }

    private void TakeGap(SeenEvent seen)
    {
        var properties = (seen.Json.TryGetProperty("payload", out var payload) ? payload : seen.Json).GetProperty("properties");
        var from = properties.GetProperty("from").GetString()!;
        if (properties.GetProperty("reason").GetString() == "window")
        {
            ExpectNothingUpTo(Offset(from), "the gap");
            Expect(_at < _node!.Journal.Floor, $"was told of a gap at {_at} although the floor is {_node.Journal.Floor}");
        }
        else
        {
            Expect(from == _id && IsLost(from), $"was told of a gap ({properties}) although {_id} is of this log");
        }

        (_awaitsGap, _hasFirstTwin, _at) = (false, false, Offset(seen.Id));
        Gaps++;
    }

    private void TakeHeartbeat(SeenEvent seen)
    {
        Expect(!_awaitsGap, "was told of no gap before a heartbeat");
        if (_hasFirstTwin)
        {
            Expect(seen.Id == _id || Offset(seen.Id) == _at, $"has one twin of the entry behind {_at} and heard a heartbeat at {seen.Id}");
            return;
        }

        ExpectNothingUpTo(Offset(seen.Id), "a heartbeat");
        _at = Offset(seen.Id);
    }

    // The client moves on over what it does not select.
    private void ExpectNothingUpTo(long offset, string by)
    {
        Expect(offset >= _at, $"was taken back from {_at} to {offset} by {by}");
        if (log.Next(_at ?? 0, _filter) is { } next && next.Offset <= offset)
            Break($"was taken to {offset} by {by} and not given {next}");
    }

    private void TakeEvent(SeenEvent seen)
    {
        Expect(!_awaitsGap, $"was told of no gap before {seen.Type}");
        if (log.Next(_at ?? 0, _filter) is not { } entry)
        {
            Break($"was given {seen.Type} at {seen.Id}, which is not in the log behind {_at}");
            return;
        }

        var hasTwin = kind == StreamKind.Wrapped && entry is { Durable: true, SessionId: not null };
        var isFirst = hasTwin && !_hasFirstTwin;
        var type = hasTwin && _hasFirstTwin ? "sync" : entry.Type;
        var id = $"{_node!.Journal.Timeline.Id}.{log.Generation}-{entry.Offset}{(isFirst ? ".1" : "")}";
        Expect(seen.EventId == entry.EventId && seen.Type == type && seen.Id == id, $"has all up to {_at} and was given {seen.Type} {seen.EventId} at {seen.Id}, not {type} of {entry} at {id}");
        _hasFirstTwin = isFirst;
        if (!isFirst)
            _at = entry.Offset;
        Seen++;
    }

    private static string Place(string id) => id[(id.IndexOf('-', StringComparison.Ordinal) + 1)..];

    private bool IsLost(string id) => StreamCursor.TryParse(id, out var cursor) && cursor.Offset > log.KeptOf(cursor.Generation);

    // Up to which the client has all: between two twins (.1) their entry is not among it.
    private static long Offset(string id) => !StreamCursor.TryParse(id, out var cursor) ? -1 : cursor.Twin ? cursor.Offset - 1 : cursor.Offset;

    private void Expect(bool holds, string what)
    {
        if (!holds)
            Break(what);
    }

    private void Break(string what) => world.Promises.Break($"Client {name} {what}.");
}
