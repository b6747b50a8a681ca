using System.Diagnostics;
using Akka.Actor;
using Akka.Event;
using Microsoft.Extensions.Logging;
using OpenCode.Actors.Journaling.Nodes;
using OpenCode.Actors.Sessions.State;
using LogLevel = Microsoft.Extensions.Logging.LogLevel;

namespace OpenCode.Actors.Sessions;

/// <content>Named commands are carried out once, however often they are sent (RULES G1).</content>
internal sealed partial class SessionActor
{
    // A name is kept for 15 minutes. The clocks of two nodes may differ by an hour, so what other nodes noted is kept for a minute at least: copies are sent for seconds.
    private const long NameMs = 15 * 60_000;
    private const long CopiesMs = 60_000;
    private const long ClocksDifferMs = 3_600_000;
    /// <summary>How long a tombstone is kept, in milliseconds: an hour, and what the clocks of two nodes may differ by.</summary>
    public const long TombstoneMs = 3_600_000 + ClocksDifferMs;

    private readonly List<string> _namesOnceClosed = [];
    private string? _name;
    private int _bodiesToRead;
    private long _recoveredAt;
    private long _forgetNamesAt;
    private bool _isUnburied;

    /// <summary>The command of a <see cref="NamedByReference"/>, or a refusal.</summary>
    private sealed record BodyRead(string Name, object Read) : IDeadLetterSuppression;

    // named-commands: looked up before existence and before state. What is under way is in the tentative state, and its commit answers this copy too.
    private void OnNamed(Named message)
    {
        if (DoneUnder(message.Name) is { } outcome)
        {
            Repeat(outcome);
            return;
        }

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
        if (DoneUnder(message.Name) is { } outcome)
        {
            Repeat(outcome);
            return;
        }

        _bodiesToRead++;
        ReadBodyAsync(message).PipeTo(Self, Sender, success: read => new BodyRead(message.Name, read));
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

    private void OnBodyRead(BodyRead message)
    {
        _bodiesToRead--;
        if (message.Read is ISessionCommand command)
            OnNamed(new Named(message.Name, command));
        else
            Sender.Tell(message.Read);
        OnLeaveIfMissing(); // It stayed for the body only.
    }

    private Outcome? DoneUnder(string name) =>
        _state.Names.TryGetValue(name, out var done) ? done.Outcome : _state.Tombstone?.Name == name ? new Outcome(OutcomeKind.Deleted) : null;

    /// <summary>Answers as the first time, when all that is under way is committed.</summary>
    private void Repeat(Outcome outcome)
    {
        var decided = _state;
        Commit(NewDecision(), new Completion(Sender, offset => Answer(outcome, decided, offset)));
    }

    // A creation is named by the session's id, the begin of a deletion by its mark, and a deletion by the tombstone. What changed nothing is decided again for the next copy.
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
        if (_isUnburied || _state.Tombstone is not { } tombstone || _setup.Now - tombstone.At < TombstoneMs)
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
        _ => throw new UnreachableException(),
    };

    [LoggerMessage(EventId = 7061, Level = LogLevel.Error, Message = "A large command for {SessionId} could not be read from the database and was refused; its name is '{Name}'.")]
    private static partial void LogBodyUnreadable(ILogger logger, Exception cause, string sessionId, string name);
}
