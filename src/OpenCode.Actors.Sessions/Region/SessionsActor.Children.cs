using Microsoft.Extensions.Logging;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Sessions;

namespace OpenCode.Actors.Sessions.Region;

/// <content>Sessions that come, change, leave and fail.</content>
internal sealed partial class SessionsActor
{
    private ValueTask OnNoted(Noted message)
    {
        NoteAhead(message.SessionId, message.Offset);
        if (message.Entry is { } entry)
            _index.Put(entry);

        var notes = message.Notes;
        Note(message.SessionId, notes);

        if (!notes.Remembered.IsEmpty && notes.Info is { } info)
            LearnRules(info.Directory, notes.Remembered);
        return ValueTask.CompletedTask;
    }

    private void Note(SessionId id, SessionNotes notes)
    {
        if (notes is { Status: IdleStatus, Permissions.IsEmpty: true, Questions.IsEmpty: true })
            _active.Remove(id);
        else
            _active[id] = notes;
    }

    private ValueTask OnGone(Gone message)
    {
        NoteAhead(message.SessionId, message.Offset);
        _index.Remove(message.SessionId);
        _active.Remove(message.SessionId);
        if (_children.TryGetValue(message.SessionId, out var child))
            child.Ref.Tell(PoisonPill.Instance); // Behind what was handed to it before: that is answered.
        return ValueTask.CompletedTask;
    }

    private ValueTask OnAwake(Awake message)
    {
        TeachRules(message.SessionId);
        return ValueTask.CompletedTask;
    }

    private ValueTask OnPassivate(Passivate message)
    {
        if (_children.TryGetValue(message.SessionId, out var child) && !child.IsLeaving)
        {
            child.IsLeaving = true;
            child.Ref.Tell(new SessionActor.Leave(), Self);
        }

        return ValueTask.CompletedTask;
    }

    private ValueTask OnStay(Stay message)
    {
        if (!_children.TryGetValue(message.SessionId, out var child))
            return ValueTask.CompletedTask;

        child.IsLeaving = false;
        foreach (var (command, sender) in child.Kept)
            child.Ref.Tell(command, sender);
        child.Kept.Clear();
        return ValueTask.CompletedTask;
    }

    private ValueTask OnTerminated(Terminated message)
    {
        Forget(message.Actor);
        return ValueTask.CompletedTask;
    }

    private void Forget(IActorRef actor)
    {
        var id = new SessionId(actor.Path.Name);
        if (!_children.TryGetValue(id, out var child) || !child.Ref.Equals(actor))
            return;

        _children.Remove(id);
        _unquiet.Remove(id);
        ReportQuiet();
        journal.Tell(new Journal.JournalActor.Release(id.Value));
        foreach (var (command, sender) in child.Kept)
            Self.Tell(new Deliver(id, command), sender);
        ReportClosed(id);

        // What another node goes on with is no failure.
        if (IsElsewhere(id))
            return;

        // It left with a turn that is open, so by failing: nobody may have to send a command first for the truth to come back.
        if (_active.Remove(id))
        {
            LogFailed(_logger, id.Value);
            Context.Timers.StartSingle(id, new Wake(id), _wakeAgainAfter);
        }
    }

    private ValueTask OnWake(Wake message)
    {
        if (_index.TryGet(message.SessionId, out _) && !IsElsewhere(message.SessionId))
            AwakeChild(message.SessionId);
        return ValueTask.CompletedTask;
    }

    [LoggerMessage(EventId = 6030, Level = LogLevel.Error, Message = "{SessionId} stopped with an open turn; it is read from the journal again in a moment.")]
    private static partial void LogFailed(ILogger logger, string sessionId);
}
