using System.Collections.Immutable;
using OpenCode.Actors.Protocol.Events;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Sessions;

namespace OpenCode.Actors.Sessions.Index;

/// <summary>The sessions that are not idle, or wait for their user: few, however many there are. Belongs to the index's actor, which alone touches it.</summary>
internal sealed class SessionActivity
{
    private readonly Dictionary<SessionId, ActiveSession> _active = [];

    /// <summary>Gets the sessions with something to note.</summary>
    public IEnumerable<(SessionId Id, ActiveSession Notes)> All => _active.Select(static active => (active.Key, active.Value));

    /// <summary>Notes an open turn that was found in the rows: busy, or waiting for a retry, which the session itself knows.</summary>
    public void AddUnfinished(SessionId id) => Note(id, NotesOf(id) with { Status = SessionStatus.Busy, IsGuessed = true });

    /// <summary>Notes a status from the log.</summary>
    public void Take(SessionStatusChanged change) => Note(change.SessionId, NotesOf(change.SessionId) with { Status = change.Status, IsGuessed = false });

    /// <summary>Notes the status that a session reports, unless the log has given it meanwhile.</summary>
    public void Confirm(SessionId id, SessionStatus status)
    {
        if (_active.TryGetValue(id, out var notes) && notes.IsGuessed)
            Note(id, notes with { Status = status, IsGuessed = false });
    }

    /// <summary>Forgets a deleted session.</summary>
    public void Remove(SessionId id) => _active.Remove(id);

    /// <summary>Notes a request that waits.</summary>
    public void Add(PermissionRequest request)
    {
        var notes = NotesOf(request.SessionId);
        Note(request.SessionId, notes with { Permissions = notes.Permissions.RemoveAll(other => other.Id == request.Id).Add(request) });
    }

    /// <summary>Notes a request that waits.</summary>
    public void Add(QuestionRequest request)
    {
        var notes = NotesOf(request.SessionId);
        Note(request.SessionId, notes with { Questions = notes.Questions.RemoveAll(other => other.Id == request.Id).Add(request) });
    }

    /// <summary>Notes that a permission is answered or withdrawn.</summary>
    public void Remove(PermissionReplied reply)
    {
        var notes = NotesOf(reply.SessionId);
        Note(reply.SessionId, notes with { Permissions = notes.Permissions.RemoveAll(request => request.Id == reply.RequestId) });
    }

    /// <summary>Notes that a question is answered, dismissed or withdrawn.</summary>
    public void Remove(SessionId id, QuestionId answered)
    {
        var notes = NotesOf(id);
        Note(id, notes with { Questions = notes.Questions.RemoveAll(request => request.Id == answered) });
    }

    private ActiveSession NotesOf(SessionId id) => _active.GetValueOrDefault(id, ActiveSession.None);

    private void Note(SessionId id, ActiveSession notes)
    {
        if (notes.IsEmpty)
            _active.Remove(id);
        else
            _active[id] = notes;
    }
}
