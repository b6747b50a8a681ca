using Akka.Actor;
using OpenCode.Actors.Journal;
using OpenCode.Actors.Protocol.Cursors;
using OpenCode.Actors.Streams.Clients;

namespace OpenCode.Actors.Tests.Streams;

/// <summary>
/// An SSE client that returns with its last id, and a model of what it must see: each entry it selects once and in order, and nothing left out unless a gap says so and the
/// entries are really gone.
/// </summary>
/// <param name="kind">The kind of stream.</param>
/// <param name="location">The location of a bare stream.</param>
/// <param name="session">The session of a session's stream.</param>
/// <param name="entries">All that the log has ever committed; the list grows with the log.</param>
/// <param name="keptOf">Gives the greatest offset of a generation that no later one has lost.</param>
/// <param name="fail">Receives each violation. It must not throw: some are found inside a step, where an exception would be a fault of the writer.</param>
internal sealed class CheckedClient(
    StreamKind kind, string? location, string? session, IReadOnlyList<LogEntry> entries, Func<long, long> keptOf, Action<string> fail)
{
    private readonly EntryFilter _filter = kind switch
    {
        StreamKind.Bare => new EntryFilter(Location: location),
        StreamKind.Session => new EntryFilter(SessionId: session),
        _ => EntryFilter.All,
    };

    private IJournal? _journal;
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
    /// <returns>The request and the hub's answer; null when it is connected already.</returns>
    public (StreamRequest Request, Task<object> Answer)? Connect(IActorRef hub, IJournal journal)
    {
        if (IsConnected)
            return null;

        Check();
        (_journal, _checked, _isCut) = (journal, 0, false);
        Writer = new RecordingSseWriter { Watch = OnArrival };
        var request = new StreamRequest(kind, location, session, _id, Writer);
        _answer = hub.Ask<object>(new StreamHubActor.Connect(request));
        return (request, _answer);
    }

    /// <summary>Cuts the connection. What was on its way to the client is lost.</summary>
    public void Cut()
    {
        if (!IsConnected)
            return;

        Check();
        _isCut = true;
        LeaveIfCut();
    }

    /// <summary>Takes everything at once from now on.</summary>
    public void TakeAll()
    {
        if (Writer is null)
            return;

        Writer.Holds = false;
        if (Writer.IsWriting)
            Writer.Release();
    }

    /// <summary>Checks the frames that came since the last check.</summary>
    public void Check()
    {
        LeaveIfCut();
        if (Writer is null || _isCut)
            return;

        for (; _checked < Writer.Events.Count; _checked++)
            Take(Writer.Events[_checked]);
    }

    /// <summary>Expects that a connected client has all there is: no step is left to run, so what it lacks now would come by luck only.</summary>
    public void ExpectAll()
    {
        if (!IsConnected || Writer is not { Holds: false, IsWriting: false })
            return;

        Expect(_at is not null && !_awaitsGap, "was admitted and got nothing");
        Expect(!_hasFirstTwin, $"has only the first frame of the entry behind {_at}");
        if (_at is { } at && Next(at) is { } missing)
            fail($"has all up to {at} and was not given {missing}, though nothing is left to run");
    }

    // As the endpoint does when the request is aborted.
    private void LeaveIfCut()
    {
        if (_isCut)
            Actor?.Tell(new SseClientActor.Disconnect(), ActorRefs.NoSender);
    }

    // Durable before visible: at the moment it arrives.
    private void OnArrival(SeenEvent seen)
    {
        if (StreamCursor.TryParse(seen.Id, out var cursor) && cursor.Generation == _journal!.Timeline.Current)
            Expect(cursor.Offset <= _journal.Head, $"was given {seen.Type} at {seen.Id} before it was committed: the head is {_journal.Head}");
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

    // Rule "An id is a promise" and rule "No id before a gap": the place that was asked for, in the running generation; none before a gap.
    private void TakeConnected(SeenEvent seen)
    {
        _awaitsGap = _id is not null && seen.Id.Length == 0;
        Expect(_id is null || _awaitsGap || seen.Id == IdOf(PlaceOf(_id)), $"returned with {_id} and was admitted at {seen.Id}");
        Expect(_id is null || _awaitsGap || !IsLost(_id), $"returned with {_id}, which a power cut took, and got no gap");
        _at ??= OffsetOf(seen.Id);
    }

    private void TakeGap(SeenEvent seen)
    {
        var properties = (seen.Json.TryGetProperty("payload", out var payload) ? payload : seen.Json).GetProperty("properties");
        var from = properties.GetProperty("from").GetString()!;
        if (properties.GetProperty("reason").GetString() == "window")
        {
            ExpectNothingUpTo(OffsetOf(from), "the gap");
            Expect(_at < _journal!.Floor, $"got a gap at {_at} although the floor is {_journal.Floor}");
        }
        else
        {
            Expect(from == _id && IsLost(from), $"got a gap ({properties}) although {_id} is of this log");
        }

        (_awaitsGap, _hasFirstTwin, _at) = (false, false, OffsetOf(seen.Id));
        Gaps++;
    }

    private void TakeHeartbeat(SeenEvent seen)
    {
        Expect(!_awaitsGap, "got no gap before a heartbeat");
        if (_hasFirstTwin)
        {
            Expect(seen.Id == _id, $"has one twin of the entry behind {_at} and got a heartbeat at {seen.Id}, not {_id}");
            return;
        }

        ExpectNothingUpTo(OffsetOf(seen.Id), "a heartbeat");
        _at = OffsetOf(seen.Id);
    }

    // The client moves on over what it does not select.
    private void ExpectNothingUpTo(long offset, string by)
    {
        Expect(offset >= _at, $"was taken back from {_at} to {offset} by {by}");
        if (Next(_at ?? 0) is { } next && next.Offset <= offset)
            fail($"was taken to {offset} by {by} and not given {next}");
    }

    private void TakeEvent(SeenEvent seen)
    {
        Expect(!_awaitsGap, $"got no gap before {seen.Type}");
        if (Next(_at ?? 0) is not { } entry)
        {
            fail($"was given {seen.Type} at {seen.Id}, which is not in the log behind {_at}");
            return;
        }

        var hasTwin = kind == StreamKind.Wrapped && entry is { Sequence: >= 0, SessionId: not null };
        var isFirst = hasTwin && !_hasFirstTwin;
        var type = hasTwin && _hasFirstTwin ? "sync" : entry.Type;
        var id = IdOf($"{entry.Offset}{(isFirst ? ".1" : "")}");
        Expect(seen.EventId == entry.EventId && seen.Type == type && seen.Id == id, $"has all up to {_at} and was given {seen.Type} {seen.EventId} at {seen.Id}, not {type} of {entry} at {id}");
        _hasFirstTwin = isFirst;
        if (!isFirst)
            _at = entry.Offset;
        Seen++;
    }

    private LogEntry? Next(long after) => entries.Skip((int)after).FirstOrDefault(_filter.Matches);

    private string IdOf(string place) => $"{_journal!.Timeline.Id}.{_journal.Timeline.Current}-{place}";

    private bool IsLost(string id) => StreamCursor.TryParse(id, out var cursor) && cursor.Offset > keptOf(cursor.Generation);

    private static string PlaceOf(string id) => id[(id.IndexOf('-', StringComparison.Ordinal) + 1)..];

    // Up to which the client has all: between two twins (.1) their entry is not among it.
    private static long OffsetOf(string id) => !StreamCursor.TryParse(id, out var cursor) ? -1 : cursor.BeforeTwin ? cursor.Offset - 1 : cursor.Offset;

    private void Expect(bool holds, string what)
    {
        if (!holds)
            fail(what);
    }
}
