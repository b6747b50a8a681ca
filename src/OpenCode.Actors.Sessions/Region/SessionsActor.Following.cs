using Microsoft.Extensions.Logging;
using OpenCode.Actors.Protocol.Events;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Permissions;
using OpenCode.Actors.Protocol.Questions;
using OpenCode.Actors.Protocol.Sessions;
using OpenCode.Actors.Sessions.Region.Following;

namespace OpenCode.Actors.Sessions.Region;

/// <content>The index of the whole cluster: what sessions of other nodes do is read from the log, and lists are strict: they have all that anybody had committed before.</content>
internal sealed partial class SessionsActor
{
    // How far a session of this node has told more than the follower has read: older events of it are old news.
    private readonly Dictionary<SessionId, long> _ahead = [];
    private readonly List<(long Head, object Message, IActorRef Sender)> _awaitingLog = [];
    private List<(object Message, IActorRef Sender)> _readers = [];
    private IActorRef? _follower;
    private long _followed;
    private bool _isCatchingUp;

    /// <summary>Finds who waits for the answer to a permission or question, wherever it runs; <see cref="AskerFound"/>.</summary>
    public sealed record FindAsker(string RequestId);

    public sealed record AskerFound(SessionId? SessionId);

    private sealed record FromAsker(object Message, IActorRef Asker);

    private sealed record CaughtUp(long Head, IReadOnlyList<(object Message, IActorRef Sender)> Readers);

    private sealed record CatchUpFailed(Exception Cause, IReadOnlyList<(object Message, IActorRef Sender)> Readers);

    // A read for which the index is new enough.
    private sealed record StrictRead(object Message);

    private void BeginFollowing(Surveyed surveyed)
    {
        foreach (var id in surveyed.Unfinished)
            _active[id] = SessionNotes.None with { Status = SessionStatus.Busy };
        foreach (var request in surveyed.Permissions)
            Take(new Happening(request.SessionId, surveyed.Head, request));
        foreach (var request in surveyed.Questions)
            Take(new Happening(request.SessionId, surveyed.Head, request));

        _followed = surveyed.Head;
        _follower = Context.ActorOf(LogFollowerActor.PropsFor(setup.Journal, surveyed.Head));
        Context.Watch(_follower);
    }

    // It was trimmed faster than it was read. What sessions of this node know of themselves stays; all others are read anew.
    private ValueTask OnSurveyedAgain(Surveyed surveyed)
    {
        var there = surveyed.Entries.Select(entry => entry.Id).ToHashSet();
        foreach (var old in _index.List(new SessionQuery()).Where(entry => !there.Contains(entry.Id) && !_children.ContainsKey(entry.Id)))
            _index.Remove(old.Id);
        foreach (var entry in surveyed.Entries.Where(entry => !_children.ContainsKey(entry.Id)))
            _index.Put(entry);
        foreach (var id in _active.Keys.Where(id => !_children.ContainsKey(id)).ToArray())
            _active.Remove(id);

        BeginFollowing(surveyed);
        ServeFollowed();
        return ValueTask.CompletedTask;
    }

    private ValueTask OnFollowerLost()
    {
        LogFollowerLost(_logger, _followed);
        Survey();
        return ValueTask.CompletedTask;
    }

    private ValueTask HandleFollowing(object message)
    {
        switch (message)
        {
            case FromAsker { Message: Status.Failure } m:
                m.Asker.Tell(m.Message, Self);
                return ValueTask.CompletedTask;
            case FromAsker m:
                Self.Tell(m.Message, m.Asker);
                return ValueTask.CompletedTask;
            case Get or List or ListStatus or ListPermissions or ListQuestions or FindAsker:
                _readers.Add((message, Sender));
                CatchUp();
                return ValueTask.CompletedTask;
            case CaughtUp m:
                return OnCaughtUp(m);
            case StrictRead { Message: FindAsker m }:
                return Answer(new AskerFound(PermissionId.TryParse(m.RequestId, out var permission) ? AskerOf(permission)
                    : QuestionId.TryParse(m.RequestId, out var question) ? AskerOf(question) : null));
            case StrictRead m:
                return Handle(m.Message);
            case LogFollowerActor.Followed m:
                return OnFollowed(m);
            case CatchUpFailed m:
                return OnCatchUpFailed(m);
            case Terminated m when m.Actor.Equals(_follower):
                return OnFollowerLost();
            case Surveyed m:
                return OnSurveyedAgain(m);
            case SurveyFailed m:
                return OnSurveyFailed(m);
            case SurveyAgain:
                Survey();
                return ValueTask.CompletedTask;
            default:
                return Handle(message);
        }
    }

    // One look at the head of the log serves all who came before it began.
    private void CatchUp()
    {
        if (_isCatchingUp || _readers.Count == 0)
            return;

        _isCatchingUp = true;
        var readers = _readers;
        _readers = [];
        Context.PipeTo(setup.Journal.CatchUpAsync(Context.Incarnation), head => new CaughtUp(head, readers), cause => new CatchUpFailed(cause, readers));
    }

    private ValueTask OnCaughtUp(CaughtUp message)
    {
        _isCatchingUp = false;
        foreach (var (read, sender) in message.Readers)
            AwaitLog(message.Head, new StrictRead(read), sender);
        CatchUp();
        return ValueTask.CompletedTask;
    }

    private ValueTask OnCatchUpFailed(CatchUpFailed message)
    {
        _isCatchingUp = false;
        foreach (var (_, sender) in message.Readers)
            sender.Tell(new Unavailable(message.Cause.Message, _retryAfter), Self);
        CatchUp();
        return ValueTask.CompletedTask;
    }

    private void AwaitLog(long head, object message, IActorRef sender)
    {
        if (head <= _followed)
            Self.Tell(message, sender);
        else
            _awaitingLog.Add((head, message, sender));
    }

    private ValueTask OnFollowed(LogFollowerActor.Followed message)
    {
        foreach (var happening in message.Happenings)
        {
            if (!_ahead.TryGetValue(happening.SessionId, out var told) || happening.Offset > told)
                Take(happening);
        }

        _followed = message.Through;
        foreach (var id in _ahead.Where(told => told.Value <= _followed).Select(told => told.Key).ToArray())
            _ahead.Remove(id);
        ServeFollowed();
        Sender.Tell(LogFollowerActor.GoOn.Instance, Self);
        return ValueTask.CompletedTask;
    }

    private void ServeFollowed()
    {
        foreach (var (_, waiting, sender) in _awaitingLog.Where(waiting => waiting.Head <= _followed))
            Self.Tell(waiting, sender);
        _awaitingLog.RemoveAll(waiting => waiting.Head <= _followed);
    }

    private void NoteAhead(SessionId id, long offset)
    {
        if (_gate is not null && offset > _followed)
            _ahead[id] = offset;
    }

    private SessionNotes NotesOf(SessionId id) => _active.GetValueOrDefault(id, SessionNotes.None);

    private void Take(Happening happening)
    {
        var id = happening.SessionId;
        var notes = NotesOf(id);
        switch (happening.Event)
        {
            case SessionEntry entry:
                _index.Put(entry);
                break;
            case SessionDeleted:
                _index.Remove(id);
                _active.Remove(id);
                break;
            case SessionStatusChanged m:
                Note(id, notes with { Status = m.Status });
                break;
            case PermissionRequest m:
                Note(id, notes with { Permissions = notes.Permissions.RemoveAll(request => request.Id == m.Id).Add(m) });
                break;
            case PermissionReplied m:
                if (m.Reply == PermissionAnswer.Always)
                    LearnFrom(id, notes.Permissions.Find(request => request.Id == m.RequestId));
                Note(id, notes with { Permissions = notes.Permissions.RemoveAll(request => request.Id == m.RequestId) });
                break;
            case QuestionRequest m:
                Note(id, notes with { Questions = notes.Questions.RemoveAll(request => request.Id == m.Id).Add(m) });
                break;
            case QuestionReplied m:
                Note(id, notes with { Questions = notes.Questions.RemoveAll(request => request.Id == m.RequestId) });
                break;
            case QuestionRejected m:
                Note(id, notes with { Questions = notes.Questions.RemoveAll(request => request.Id == m.RequestId) });
                break;
            default:
                LogUnknown(_logger, happening.Event.GetType().Name);
                break;
        }
    }

    private void LearnFrom(SessionId id, PermissionRequest? request)
    {
        if (request is not null && _index.TryGet(id, out var entry))
            LearnRules(entry.Directory, [.. request.Always.Select(pattern => new PermissionRule(request.Permission, pattern, PermissionAction.Allow))]);
    }

    [LoggerMessage(EventId = 6037, Level = LogLevel.Error, Message = "The log could not be followed after {Offset}; all sessions are read anew.")]
    private static partial void LogFollowerLost(ILogger logger, long offset);

    [LoggerMessage(EventId = 6036, Level = LogLevel.Error, Message = "The index does not know what to do with {Event}.")]
    private static partial void LogUnknown(ILogger logger, string @event);
}
