using System.Diagnostics;
using Akka.Actor;
using Microsoft.Extensions.Logging;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Setup;
using OpenCode.Actors.Sessions.State;
using OpenCode.Actors.Sessions.Turns;

namespace OpenCode.Actors.Sessions.Live;

/// <summary>Decides one command at a time and answers it with its commit. A named one is executed once, however often it is sent (rule "A decision error goes to the caller", rule "Named commands").</summary>
internal sealed partial class CommandDecider(SessionId id, SessionSetup setup, Committer committer, CommandNames names, TurnHandOver handOver, ILogger logger)
{
    // Where the content of the command was read from.
    private string? _body;

    /// <summary>Gets the sender of the command, which gets the answer.</summary>
    public IActorRef Asker { get; private set; } = ActorRefs.Nobody;

    /// <summary>Gets the name of the command; null when it has none.</summary>
    public string? Name { get; private set; }

    /// <summary>Sets the command that is decided next.</summary>
    public void Begin(IActorRef asker, string? name = null, string? body = null) => (Asker, Name, _body) = (asker, name, body);

    /// <summary>Repeats the first answer of a named command, if it was executed or is under way.</summary>
    /// <remarks>Rule "Named commands": looked up before existence, before state and before a large body is loaded. What is under way is in the tentative state, and its commit answers this copy too.</remarks>
    public bool TryRepeat(string name, IActorRef asker)
    {
        Begin(asker);
        if (names.FindDiskFull(name) is { } refusal)
            Reply(refusal);
        else if (CommandNames.Find(committer.State, name) is { } outcome)
            Repeat(outcome);
        else
            return false;

        return true;
    }

    /// <summary>Answers at once.</summary>
    public void Reply(object answer) => Asker.Tell(answer);

    /// <summary>Makes the answer that leaves with a commit.</summary>
    public Completion Answer(Func<long, object> answer) => new(Asker, answer, Name: Name);

    /// <summary>Decides the command. An exception is the caller's error: nothing is changed, and the session continues (rule "A decision error goes to the caller").</summary>
    /// <param name="decide">Decides, and returns the outcome.</param>
    /// <param name="location">The configuration of the session's location, if it was read already.</param>
    /// <param name="committed">Called after the commit.</param>
    public void Decide(Func<Decision, Outcome> decide, LocationSetup? location = null, Action? committed = null)
    {
        var decision = committer.NewDecision(location);
        var isStill = handOver.IsQuiet;
        Outcome outcome;
        try
        {
            outcome = decide(decision);

            // Rule "Running turns are not moved": the command is taken here, and what it begins is begun by the next owner.
            if (setup.Drain.HasBegun && isStill)
                Holding.HoldBack(decision);
            if (Name is { } name)
                names.Note(decision, name, outcome);
            decision.UsedBody = _body;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            LogDecisionFailed(logger, e, id.Value);
            Refuse(new CommandFailed(e.Message));
            return;
        }

        var decided = decision.State;
        committer.Commit(decision, Answer(offset =>
        {
            committed?.Invoke();
            return AnswerOf(outcome, decided, offset);
        }));
    }

    /// <summary>Refuses the command, or decides it. An exception in the search for a refusal is the caller's error too.</summary>
    /// <param name="findRefusal">Finds the refusal; null when there is none.</param>
    /// <param name="decide">Decides, and returns the outcome.</param>
    /// <param name="location">The configuration of the session's location.</param>
    /// <param name="committed">Called after the commit.</param>
    public void Decide(Func<object?> findRefusal, Func<Decision, Outcome> decide, LocationSetup location, Action? committed = null)
    {
        object? refusal;
        try
        {
            refusal = findRefusal();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            LogDecisionFailed(logger, e, id.Value);
            refusal = new CommandFailed(e.Message);
        }

        if (refusal is not null)
            Refuse(refusal);
        else
            Decide(decide, location, committed);
    }

    /// <summary>Begins an undo that restores files.</summary>
    public void BeginUndo(ISessionCommand command, UndoPlan plan, UndoWork work) => work.Begin(plan, command, Asker, Name, _body);

    /// <summary>Repeats the first answer, when all that is under way is committed.</summary>
    public void Repeat(Outcome outcome)
    {
        var decided = committer.State;
        var decision = committer.NewDecision();
        if (Name is { } name)
        {
            names.Note(decision, name, outcome); // It was done under another name. A late copy of this one is answered in the same way, whatever the message's id and key name by then.
            decision.UsedBody = _body;
        }

        committer.Commit(decision, new Completion(Asker, offset => AnswerOf(outcome, decided, offset)));
    }

    /// <summary>Refuses the command for good. A refusal under a name is stored: otherwise a later copy would be executed on another state.</summary>
    /// <param name="refusal">One of <see cref="RefusalKind"/>.</param>
    public void Refuse(object refusal)
    {
        // A missing session cannot store the refusal, and will not exist later: a client gets an id only with its creation.
        if (Name is not { } name || committer.State.Info is null)
        {
            Reply(refusal);
            return;
        }

        var decision = committer.NewDecision();
        names.Note(decision, name, new Outcome(OutcomeKind.Refused, Refusal: refusal));
        decision.UsedBody = _body;
        committer.Commit(decision, Answer(_ => refusal));
    }

    /// <summary>Refuses the command if there is no session. Every command but <see cref="Create"/> gets this answer then.</summary>
    public bool RefuseIfMissing()
    {
        if (committer.State.Info is not null)
            return false;

        Reply(new SessionNotFound(id));
        return true;
    }

    /// <summary>Refuses the command if there is no session, or it is being deleted: then only reads are answered.</summary>
    public bool RefuseIfDeleting()
    {
        if (!committer.State.IsDeleting)
            return RefuseIfMissing();

        Reply(new SessionNotFound(id));
        return true;
    }

    private object AnswerOf(Outcome outcome, SessionState decided, long offset) => outcome.Kind switch
    {
        OutcomeKind.Created => new Created(decided.Info!, offset),
        OutcomeKind.Updated => new Updated(decided.Info!, offset),
        OutcomeKind.DeleteBegun => new DeleteBegun(id, offset),
        OutcomeKind.Deleted => new Deleted(id, offset),
        OutcomeKind.Accepted => AcceptedOf(outcome.Message!.Value, decided, offset),
        OutcomeKind.Aborted => new Aborted(offset),
        OutcomeKind.Answered => new RequestAnswered(offset),
        OutcomeKind.HistoryEdited => new HistoryEdited(offset),
        OutcomeKind.Refused => outcome.Refusal!,
        _ => throw new UnreachableException(),
    };

    // Whether the turn is open is exact for the offset: the batch may hold more than this decision.
    private object AcceptedOf(MessageId message, SessionState decided, long offset)
    {
        if (decided.Message(message) is not { } taken)
            return new MessageNotFound(message); // It was removed since.

        var turn = new TurnId(message.Value);
        return new PromptAccepted(decided.View(taken), turn, offset, decided.Failures.GetValueOrDefault(message), committer.Committed.IsOpen(turn));
    }

    [LoggerMessage(EventId = 6002, Level = LogLevel.Error, Message = "A command could not be decided in {SessionId}; it was refused and nothing was changed.")]
    private static partial void LogDecisionFailed(ILogger logger, Exception cause, string sessionId);
}
