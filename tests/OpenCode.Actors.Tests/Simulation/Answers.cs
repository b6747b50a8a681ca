using System.Text;
using OpenCode.Actors.Journal;
using OpenCode.Actors.Protocol.Events;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Messages;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Reads;

namespace OpenCode.Actors.Tests.Simulation;

/// <summary>An event from outside is in the log.</summary>
internal sealed record Published(long FirstOffset);

/// <summary>Holds every answer against the log: what is answered as done is in it, at the moment of the answer. One that says "unavailable" promises nothing.</summary>
internal sealed class Answers(World world, KnownLog log)
{
    private readonly List<Request> _open = [];
    private readonly HashSet<SessionId> _deleting = [];
    private readonly Dictionary<SessionId, SessionId> _parents = [];
    private readonly Dictionary<string, MessageId> _takenByName = new(StringComparer.Ordinal);

    private sealed record Request(string What, Task<object> Answer, SessionId? Session, SessionId? Parent, string? Name);

    /// <summary>Gets the sessions that were answered as made.</summary>
    public List<SessionId> Made { get; } = [];

    /// <summary>Gets the prompts that were answered as accepted.</summary>
    public List<(SessionId Session, MessageId Message)> Accepted { get; } = [];

    public int Count { get; private set; }

    /// <summary>Gets a value indicating whether nothing waits for an answer.</summary>
    public bool AllCame => _open.Count == 0;

    /// <summary>Notes a question.</summary>
    public void Await(string what, Task<object> answer, SessionId? session = null, SessionId? parent = null, string? name = null)
    {
        Count++;
        _open.Add(new Request(what, answer, session, parent, name));
    }

    /// <summary>From now on the session may be missing.</summary>
    public void Deleting(SessionId session) => _deleting.Add(session);

    /// <summary>Looks at the answers that came since the last look.</summary>
    public void Look()
    {
        foreach (var request in _open.FindAll(static request => request.Answer.IsCompleted))
        {
            Check(request);
            _open.Remove(request);
        }
    }

    /// <summary>The node has ended, and with it the connections of its clients: nothing is promised to them.</summary>
    public void Forget() => _open.Clear();

    public void ExpectNoneOpen()
    {
        foreach (var request in _open)
            world.Promises.Break($"'{request.What}' of {request.Session} waits for ever");
    }

    private void Check(Request request)
    {
        if (!request.Answer.IsCompletedSuccessfully)
        {
            Break(request, $"failed: {request.Answer.Exception}");
            return;
        }

        switch (request.Answer.Result)
        {
            case Created m:
                Made.Add(m.Info.Id);
                if (request.Parent is { } parent)
                    _parents[m.Info.Id] = parent;
                ExpectTold(request, EventTypes.SessionCreated, m.Info.Id.Value, m.Offset);
                break;
            case PromptAccepted m:
                Accepted.Add((request.Session!.Value, m.User.Info.Id));
                if (request.Name is { } name && !_takenByName.TryAdd(name, m.User.Info.Id))
                    Expect(request, _takenByName[name] == m.User.Info.Id, $"'{name}' was taken as {_takenByName[name]}, and again as {m.User.Info.Id}");
                ExpectTold(request, EventTypes.MessageUpdated, m.User.Info.Id.Value, m.Offset);
                break;
            case Updated m:
                ExpectTold(request, EventTypes.SessionUpdated, m.Info.Title, m.Offset);
                break;
            case Deleted m:
                ExpectTold(request, EventTypes.SessionDeleted, m.SessionId.Value, m.Offset);
                break;
            case Aborted m:
                ExpectTold(request, EventTypes.SessionIdle, request.Session!.Value.Value, m.Offset);
                break;
            case TurnEnded m:
                ExpectEnded(request, m);
                break;
            case RequestAnswered m:
                Expect(request, m.Offset <= log.Head, $"was answered at {m.Offset}, and the log ends at {log.Head}");
                break;
            case Published m:
                Expect(request, m.FirstOffset <= log.Head, $"was answered at {m.FirstOffset}, and the log ends at {log.Head}");
                break;
            case SessionNotFound m:
                Expect(request, MayBeGone(m.SessionId), $"{m.SessionId} was not deleted and is not found");
                break;
            case CommandFailed or PromptRejected:
                Break(request, $"was answered {request.Answer.Result}");
                break;
        }
    }

    private void ExpectTold(Request request, string type, string text, long offset)
    {
        var needle = Encoding.UTF8.GetBytes($"\"{text}\"");
        var told = log.Entries.LastOrDefault(entry => entry.Type == type && (entry.SessionId == request.Session?.Value || type == EventTypes.SessionCreated || type == EventTypes.SessionDeleted)
            && entry.Properties.Span.IndexOf(needle) >= 0 && entry.Offset <= offset);
        Expect(request, offset <= log.Head && told is not null, $"was answered at {offset}, and the log up to {log.Head} has no {type} with {text}");
        Expect(request, told is null or { Durable: true } || type == EventTypes.SessionIdle, $"was answered, and {told} does not outlive a power cut");
    }

    private void ExpectEnded(Request request, TurnEnded ended)
    {
        Expect(request, ended.Offset <= log.Head, $"was answered at {ended.Offset}, and the log ends at {log.Head}");
        Expect(request, ended.Message.Info is UserMessage or AssistantMessage { Time.Completed: not null }, $"was answered with a message that is not complete: {ended.Message.Info}");
    }

    private bool MayBeGone(SessionId id)
    {
        for (SessionId? at = id; at is { } session; at = _parents.TryGetValue(session, out var parent) ? parent : null)
        {
            if (_deleting.Contains(session))
                return true;
        }

        return false;
    }

    private void Expect(Request request, bool holds, string what)
    {
        if (!holds)
            Break(request, what);
    }

    private void Break(Request request, string what) => world.Promises.Break($"'{request.What}' of {request.Session} {what}.");
}
