using System.Diagnostics;
using Akka.Actor;
using Akka.Event;
using Microsoft.Extensions.Logging;
using OpenCode.Actors.Journal.Nodes;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.State;
using LogLevel = Microsoft.Extensions.Logging.LogLevel;

namespace OpenCode.Actors.Sessions.Live;

/// <content>Named commands are carried out once, however often they are sent (RULES G1).</content>
internal sealed partial class SessionActor
{
    // A name is kept for 15 minutes. The clocks of two nodes may differ by an hour, so what other nodes noted is kept for a minute at least: copies are sent for seconds.
    private const long NameMs = 15 * 60_000;
    private const long CopiesMs = 60_000;
    private const long ClocksDifferMs = 3_600_000;

    private readonly List<string> _namesOnceClosed = [];

    // Refused because the disk was full: such a refusal cannot be a row. Copies come within seconds, mostly to this actor.
    private readonly Dictionary<string, (StorageFull Refusal, long At)> _namesWithoutRoom = new(StringComparer.Ordinal);
    private readonly HashSet<BodyRead.Ticket> _bodiesToRead = [];

    // Of the command that is being decided: its name, and where its content was read from.
    private string? _name;
    private string? _body;
    private long _recoveredAt;
    private long _forgetNamesAt;
    private bool _isUnburied;

    /// <summary>The command of a <see cref="NamedByReference"/>, or a refusal.</summary>
    private sealed record BodyRead(NamedByReference Reference, BodyRead.Ticket Of, object Read) : IDeadLetterSuppression
    {
        public sealed class Ticket;
    }

    // named-commands: looked up before existence and before state. What is under way is in the tentative state, and its commit answers this copy too.
    private void OnNamed(Named message)
    {
        if (IsDone(message.Name))
            return;

        _name = message.Name;
        try
        {
            Take(message.Command);
        }
        finally
        {
            _name = null;
        }
    }

    // named-commands: looked up before a large body is loaded too. A session that leaves memory meanwhile drops what was read: the next copy reads it again.
    private void OnNamedByReference(NamedByReference message)
    {
        if (IsDone(message.Name))
            return;

        var ticket = new BodyRead.Ticket();
        _bodiesToRead.Add(ticket);
        ReadBodyAsync(message).PipeTo(Self, Sender, success: read => new BodyRead(message, ticket, read));
    }

    // A command, or the refusal when there is none. The reader never removes the body: a copy of the message may be on its way.
    private async Task<object> ReadBodyAsync(NamedByReference message)
    {
        try
        {
            return _setup.ReadLarge is { } read && await read(message, _stopped.Token) is { } command
                ? command
                : new CommandFailed($"The content of the command '{message.Name}' is not stored any more. Nothing was changed; send the command again.");
        }
        catch (ArbiterAwayException e)
        {
            return new Unavailable($"The content of a command for {_id} cannot be read now: {e.Message}", _retryAfter);
        }
        catch (OperationCanceledException) when (_stopped.IsCancellationRequested)
        {
            return new Unavailable("The session left memory; the command was not read.", _retryAfter);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            LogBodyUnreadable(_logger, e, _id.Value, message.Name);
            return new CommandFailed($"The content of the command '{message.Name}' could not be read: {e.Message} Nothing was changed.");
        }
    }

    // Comes again when the command was put off.
    private void OnBodyRead(BodyRead message)
    {
        _bodiesToRead.Remove(message.Of);
        _body = message.Reference.Key;
        try
        {
            Take(message.Reference.Name, message.Read);
        }
        finally
        {
            _body = null;
        }

        OnLeaveIfMissing(); // It stayed for the body only.
    }

    private void Take(string name, object read)
    {
        if (read is ISessionCommand command)
            OnNamed(new Named(name, command));
        else if (read is CommandFailed refusal && !IsDone(name))
            DeclineAs(name, refusal);
        else if (read is not CommandFailed)
            Sender.Tell(read);
    }

    // Answers as the first time.
    private bool IsDone(string name)
    {
        if (_namesWithoutRoom.TryGetValue(name, out var full))
        {
            Sender.Tell(full.Refusal);
            return true;
        }

        if (DoneUnder(name) is not { } outcome)
            return false;

        Repeat(outcome);
        return true;
    }

    private Outcome? DoneUnder(string name) =>
        _state.Names.TryGetValue(name, out var done) ? done.Outcome : _state.Tombstone?.Name == name ? new Outcome(OutcomeKind.Deleted) : null;

    /// <summary>Answers as the first time, when all that is under way is committed.</summary>
    private void Repeat(Outcome outcome)
    {
        var decided = _state;
        var decision = NewDecision();
        if (_name is not null)
            decision.UsedBody = _body; // It was done under another name.
        Commit(decision, new Completion(Sender, offset => Answer(outcome, decided, offset)));
    }

    /// <summary>Refuses the command for good. Under a name that is noted, or a copy that comes later, when the state is another one, would be carried out after all.</summary>
    /// <param name="refusal">One of <see cref="RefusalKind"/>.</param>
    private void Decline(object refusal)
    {
        // A session that is not there has nowhere to note it, and will not be there later: its id is given to the client with its creation.
        if (_name is not { } name || _state.Info is null)
        {
            Sender.Tell(refusal);
            return;
        }

        var decision = NewDecision();
        decision.Done(name, new Outcome(OutcomeKind.Refused, Refusal: refusal));
        decision.UsedBody = _body;
        ForgetOldNames(decision);
        Commit(decision, new Completion(Sender, _ => refusal, Name: name));
    }

    private void DeclineAs(string name, object refusal)
    {
        _name = name;
        Decline(refusal);
        _name = null;
    }

    private void NoteWithoutRoom(StorageFull refusal)
    {
        foreach (var completion in (_underWay?.Completions ?? []).Concat(_outbox.Completions))
        {
            if (completion.Name is { } name)
                _namesWithoutRoom[name] = (refusal, _setup.Now);
        }
    }

    // A creation is named by the session's id, the begin of a deletion by its mark, and a deletion by the tombstone. A query, and what was done under another name, is decided again for the next copy.
    private void NoteName(Decision decision, Outcome outcome)
    {
        if (_name is not { } name || !decision.ChangesSomething || outcome.Kind is OutcomeKind.Created or OutcomeKind.DeleteBegun or OutcomeKind.Deleted)
            return;

        decision.Done(name, outcome);
        ForgetOldNames(decision);
    }

    private void ForgetOldNames(Decision decision)
    {
        var now = decision.Now;
        if (now < _forgetNamesAt)
            return;

        _forgetNamesAt = now + CopiesMs;
        foreach (var (name, done) in decision.State.Names)
        {
            var age = now - done.At;
            if ((age >= NameMs && now - _recoveredAt >= CopiesMs) || age >= NameMs + ClocksDifferMs)
                decision.Forget(name);
        }

        foreach (var (name, (_, at)) in _namesWithoutRoom)
        {
            if (now - at >= NameMs)
                _namesWithoutRoom.Remove(name);
        }
    }

    // Each copy of an abort that came before the turn is closed was put beside the others: one event for all.
    private void NoteAborts(Decision decision)
    {
        foreach (var name in _namesOnceClosed)
            decision.Done(name, new Outcome(OutcomeKind.Aborted));
        _namesOnceClosed.Clear();
    }

    private bool ForgetTombstone()
    {
        if (_isUnburied || _state.Tombstone is not { } tombstone || _setup.Now - tombstone.At < Tombstone.KeptMs)
            return false;

        // Once: there may be no room on the disk.
        _isUnburied = true;
        var decision = NewDecision();
        decision.Unbury();
        Commit(decision);
        return true;
    }

    private object Answer(Outcome outcome, SessionState decided, long offset) => outcome.Kind switch
    {
        OutcomeKind.Created => new Created(decided.Info!, offset),
        OutcomeKind.Updated => new Updated(decided.Info!, offset),
        OutcomeKind.DeleteBegun => new DeleteBegun(_id, offset),
        OutcomeKind.Deleted => new Deleted(_id, offset),
        OutcomeKind.Accepted => Acceptance(decided, outcome.Message!.Value, offset),
        OutcomeKind.Aborted => new Aborted(offset),
        OutcomeKind.Answered => new RequestAnswered(offset),
        OutcomeKind.Refused => outcome.Refusal!,
        _ => throw new UnreachableException(),
    };

    [LoggerMessage(EventId = 7061, Level = LogLevel.Error, Message = "A large command for {SessionId} could not be read from the database and was refused; its name is '{Name}'.")]
    private static partial void LogBodyUnreadable(ILogger logger, Exception cause, string sessionId, string name);
}
