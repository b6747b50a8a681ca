using Akka.Actor;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.History;
using OpenCode.Actors.Sessions.Lifecycle;
using OpenCode.Actors.Sessions.Reads;
using OpenCode.Actors.Sessions.Setup;
using OpenCode.Actors.Sessions.State;
using OpenCode.Actors.Sessions.Turns;

namespace OpenCode.Actors.Sessions.Live;

/// <summary>The commands of a session: for each, when it is taken, deferred or refused, and which function decides it.</summary>
internal sealed class SessionCommands(
    SessionSetup setup,
    Committer committer,
    CommandDecider decider,
    OpenTurn turn,
    ChildCreations children,
    LargeCommandReader large,
    DeferredCommands deferred)
{
    private SessionState State => committer.State;

    /// <summary>Takes a command.</summary>
    public void Take(ISessionCommand command, IActorRef asker)
    {
        switch (command)
        {
            case Named m:
                Take(m.Command, asker, m.Name);
                break;
            case NamedByReference m when !decider.TryRepeat(m.Name, asker):
                large.Read(m, asker);
                break;
            case NamedByReference:
                break;
            default:
                decider.Begin(asker);
                Take(command);
                break;
        }
    }

    /// <summary>Takes a command that was read from the database, also when it was deferred.</summary>
    public void Take(LargeCommandReader.BodyRead message, IActorRef asker)
    {
        large.End(message);
        var (name, key) = message.Reference;
        if (message.Read is ISessionCommand command)
        {
            Take(command, asker, name, key);
        }
        else if (message.Read is not CommandFailed refusal)
        {
            asker.Tell(message.Read);
        }
        else if (!decider.TryRepeat(name, asker))
        {
            decider.Begin(asker, name, key);
            decider.Refuse(refusal);
        }
    }

    /// <summary>Takes the result of work with files.</summary>
    public void Take(FileWorkResult news) => turn.Take(news, decider);

    private void Take(ISessionCommand command, IActorRef asker, string name, string? body = null)
    {
        if (decider.TryRepeat(name, asker))
            return;

        decider.Begin(asker, name, body);
        Take(command);
    }

    private void Take(ISessionCommand command)
    {
        switch (command)
        {
            case Create m: OnCreate(decision => Creating.Decide(decision, m)); break;
            case CreateFork m: OnCreate(decision => Forking.Decide(decision, m)); break;
            case Update m: OnUpdate(m); break;
            case CreateChild m: OnCreateChild(m); break;
            case BeginDelete m: OnBeginDelete(m); break;
            case Delete m: OnDelete(m); break;
            case TakePrompt m: OnPrompt(m); break;
            case RunShell m: OnShell(m); break;
            case Summarize m: OnSummarize(m); break;
            case IRequestReply m: OnRequestReply(m); break;
            case Abort: OnAbort(); break;
            case DeleteMessage or DeletePart or UpdatePart: OnEdit(command); break;
            case Revert or Unrevert: OnUndo(command); break;
            case ISessionRead m: decider.Reply(Reading.Answer(committer.Id, committer.Committed, m)); break;
            case Wake: decider.Reply(new Awake(committer.Id, committer.Committed.Status)); break;
            default: decider.Reply(new CommandFailed($"A session does not know the command {command.GetType().Name}. Nothing was changed. Run the same version on all nodes.")); break;
        }
    }

    private void OnCreate(Func<Decision, Outcome> create)
    {
        if (State.Info is not null)
            decider.Repeat(new Outcome(OutcomeKind.Created));
        else if (State.Tombstone is not null)
            decider.Reply(new SessionNotFound(committer.Id)); // A late copy: the session was deleted since.
        else
            decider.Decide(create);
    }

    private void OnUpdate(Update command)
    {
        if (!decider.RefuseIfDeleting())
            decider.Decide(decision => Updating.Decide(decision, command));
    }

    // Rule "Close the parent first": a child is made by way of its parent, which is closed only when none is being made.
    private void OnCreateChild(CreateChild command)
    {
        if (decider.RefuseIfDeleting())
            return;

        if (children.IsDeletionWaiting)
            deferred.Add(command);
        else
            children.Begin(command, decider.Asker);
    }

    private void OnBeginDelete(BeginDelete command)
    {
        if (State.IsDeleting)
            decider.Repeat(new Outcome(OutcomeKind.DeleteBegun));
        else if (!TryDefer(command) && !decider.RefuseIfMissing() && !DeferForChildren(command) && !DeferUntilClosed(command))
            decider.Decide(Deleting.Begin);
    }

    private void OnDelete(Delete command)
    {
        if (!TryDefer(command) && !decider.RefuseIfMissing() && !DeferUntilClosed(command))
            decider.Decide(decision => Deleting.Decide(decision, decider.Name));
    }

    private void OnPrompt(TakePrompt command)
    {
        var prompt = command.Request;
        if (TryDeferOrRefuse(command) || TryRepeat(prompt.MessageId, command.Key) || RefuseIfStopping())
            return;

        turn.Closer.CloseBroken();
        var location = setup.At(State.Info!.Directory);
        decider.Decide(() => Prompting.Refusal(State, location, setup.Options, prompt), decision => Prompting.Decide(decision, command), location, setup.Metrics.PromptTaken);
    }

    private void OnShell(RunShell command)
    {
        if (TryDeferOrRefuse(command) || TryRepeat(command.Request.MessageId, command.Key) || RefuseIfStopping())
            return;

        turn.Closer.CloseBroken();
        var location = setup.At(State.Info!.Directory);
        if (State.Turn is not null)
            decider.Refuse(new SessionBusy(committer.Id));
        else if (turn.AwaitsFiles)
            deferred.Add(command); // What the user's own command changes is not the last step's. A prompt begins with a snapshot of its own.
        else if (Prompting.AgentMistake(location.Agents, command.Request.Agent) is { } mistake)
            decider.Refuse(new PromptRejected(mistake));
        else
            decider.Decide(decision => Shelling.Decide(decision, command), location, setup.Metrics.PromptTaken);
    }

    private void OnSummarize(Summarize command)
    {
        if (TryDeferOrRefuse(command) || RefuseIfStopping())
            return;

        turn.Closer.CloseBroken();
        var location = setup.At(State.Info!.Directory);
        decider.Decide(() => Compacting.Refusal(State, location, setup.Options, command.Request), decision => Compacting.Decide(decision, command), location);
    }

    private void OnRequestReply(IRequestReply command)
    {
        if (TryDeferOrRefuse(command) || RefuseIfStopping())
            return;

        if (!Answering.IsAwaited(State, command))
            decider.Refuse(command.NotFound);
        else
            decider.Decide(decision => Answering.Decide(decision, command));
    }

    private void OnEdit(ISessionCommand command)
    {
        if (TryDeferOrRefuse(command))
            return;

        if (Editing.Refusal(State, committer.Id, command) is { } refusal)
            decider.Refuse(refusal);
        else
            decider.Decide(decision => Editing.Decide(decision, command));
    }

    private void OnUndo(ISessionCommand command)
    {
        if (TryDeferOrRefuse(command) || RefuseIfStopping())
            return;

        turn.Closer.CloseBroken();
        if (State.Turn is not null)
            decider.Refuse(new SessionBusy(committer.Id));
        else if (turn.AwaitsFiles)
            deferred.Add(command);
        else if (Undoing.Plan(State, command, setup.Toolbox) is not { } plan)
            decider.Refuse(new MessageNotFound(((Revert)command).MessageId));
        else if (plan.HasFiles)
            decider.BeginUndo(command, plan, turn.Undo);
        else
            decider.Decide(decision => Undoing.Decide(decision, plan, files: null));
    }

    private void OnAbort()
    {
        if (decider.RefuseIfDeleting())
            return;

        if (State.Turn is null)
        {
            decider.Decide(static decision =>
            {
                decision.PublishIdle();
                return new Outcome(OutcomeKind.Aborted);
            });
            return;
        }

        turn.Closer.OnceClosed(decider.Answer(static offset => new Aborted(offset)));
        turn.Closer.CloseOnceStopped(CloseCause.Aborted);
    }

    private bool TryDeferOrRefuse(ISessionCommand command) => TryDefer(command) || decider.RefuseIfDeleting();

    // A command that would change the turn waits until that is closed, and until an undo has ended.
    private bool TryDefer(ISessionCommand command)
    {
        var waits = turn.Closer.IsClosing || turn.Undo.ResumeIfNoted();
        if (waits)
            deferred.Add(command);
        return waits;
    }

    private bool DeferForChildren(BeginDelete command)
    {
        if (children.IsEmpty)
            return false;

        children.HoldDeletion();
        deferred.Add(command);
        return true;
    }

    // The turn is closed first; then the command is delivered again.
    private bool DeferUntilClosed(ISessionCommand command)
    {
        if (!turn.Run.IsLive(State.Turn))
        {
            turn.Closer.CloseBroken();
            return false;
        }

        deferred.Add(command);
        turn.Closer.CloseOnceStopped(CloseCause.Aborted);
        return true;
    }

    private bool TryRepeat(MessageId? messageId, string? key)
    {
        if (Prompting.Earlier(State, messageId, key) is not { } earlier)
            return false;

        if (earlier.Refusal is { } refusal)
            decider.Refuse(refusal);
        else
            decider.Repeat(earlier);
        return true;
    }

    private bool RefuseIfStopping()
    {
        if (turn.HandOver.RefusesWork)
            decider.Reply(TurnHandOver.Stopping);
        return turn.HandOver.RefusesWork;
    }
}
