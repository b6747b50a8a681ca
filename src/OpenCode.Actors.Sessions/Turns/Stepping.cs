using OpenCode.Actors.Protocol.Events;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Messages;
using OpenCode.Actors.Protocol.Models;
using OpenCode.Actors.Protocol.Parts;
using OpenCode.Actors.Protocol.Sessions;
using OpenCode.Actors.Sessions.Models;
using OpenCode.Actors.Sessions.Runs;
using OpenCode.Actors.Sessions.Snapshots;
using OpenCode.Actors.Sessions.State;
using OpenCode.Actors.Sessions.Tools;

namespace OpenCode.Actors.Sessions.Turns;

/// <summary>Drives a turn step by step: one step is one answer of the model, with the tools it calls, and one assistant message.</summary>
internal static class Stepping
{
    /// <summary>Opens a turn for a prompt.</summary>
    public static void Open(Decision decision, MessageId prompt)
    {
        decision.PublishStatus(SessionStatus.Busy);
        Begin(decision, new TurnState(TurnKind.Prompt, new RunId(decision.Setup.Entropy.NextUInt64()), [prompt], 0, prompt));
    }

    /// <summary>Takes the facts of a report. A fact may end the turn: the facts behind it do not count then.</summary>
    public static void Take(Decision decision, RunId run, IReadOnlyList<object> facts)
    {
        foreach (var fact in facts)
        {
            if (decision.State.Turn?.Run != run)
                break;
            Take(decision, fact);
        }
    }

    /// <summary>Ends the step if the model's answer is complete and every tool has ended; then the next one begins, or the turn is over.</summary>
    public static void Finish(Decision decision)
    {
        if (decision.State.Turn is not { IsTakingSnapshot: false } turn || decision.Assistant.HasOpenTools)
            return;

        if (turn.Stream is not null && StepSnapshots.After(decision, decision.Assistant, turn.Run) is { } keep)
        {
            decision.State = decision.State with { Turn = turn with { IsTakingSnapshot = true } };
            decision.Orders.Add(keep);
        }
        else if (turn.Stream is not null)
        {
            Complete(decision, StepSnapshots.StartOf(decision.Assistant), files: null);
        }
        else if (turn.Kind == TurnKind.Shell)
        {
            decision.Put(Completed(decision));
            Continue(decision, turn, continues: false);
        }
        else if (turn.Kind == TurnKind.Subtask)
        {
            Continue(decision, Subtasking.Complete(decision), continues: !turn.Rejected);
        }
    }

    /// <summary>Ends a step after its snapshot was taken, or could not be taken.</summary>
    /// <param name="decision">The decision.</param>
    /// <param name="from">The snapshot at the start of the step.</param>
    /// <param name="files">The files at its end; null when no tool can have changed them, or no snapshot could be taken.</param>
    public static void Complete(Decision decision, string? from, StepFiles? files)
    {
        var snapshot = files?.Snapshot ?? (decision.Turn.IsTakingSnapshot ? null : from);
        decision.State = decision.State with { Turn = decision.Turn with { Snapshot = snapshot, IsTakingSnapshot = false } };
        var continues = decision.Turn is { Kind: TurnKind.Prompt, Rejected: false } && !Compacting.IsUnderWay(decision) && decision.Assistant.Parts.Exists(static part => part is ToolPart)
            && !StepLimit.IsLast(decision) && Structuring.AnswerOf(decision) is null;
        CompleteAnswer(decision, decision.Turn.Stream!, snapshot, continues);
        if (from is not null)
            StepSnapshots.Note(decision, decision.Turn.Assistant, from, files);
        Continue(decision, decision.Turn, continues);
    }

    /// <summary>Calls the model for the step of the open turn, which has its assistant message.</summary>
    public static void AskModel(Decision decision)
    {
        var turn = decision.Turn;
        var asked = (UserMessage)decision.State.Message(turn.Asked)!.Info;
        var answer = (AssistantMessage)decision.Assistant.Info;
        if (!decision.Models.TryResolve(answer.ProviderId, answer.ModelId, out var model))
        {
            Closing.Close(decision, CloseCause.Failed(UnknownModel(new ModelRef(answer.ProviderId, answer.ModelId))));
        }
        else if (Compacting.IsUnderWay(decision))
        {
            decision.Orders.Add(new BeginStep(turn.Run, model.Model, Compacting.Request(decision, model.Info)));
        }
        else
        {
            var request = Conversation.Build(decision, asked);
            request = request with { Options = StepOptionMerging.Merge(request.Options, model.Info, asked.Model.Variant) };
            decision.Orders.Add(new BeginStep(
                turn.Run, model.Model, request, new ToolScope(decision.Info.Directory, TurnRules.Of(decision)), Conversation.Brief(decision, asked), SnapshotPlace.Of(decision.Info), turn.Snapshot));
        }
    }

    /// <summary>Ends the turn.</summary>
    public static void End(Decision decision)
    {
        var turn = decision.Turn;
        decision.Orders.Add(new EndRun(turn.Run));
        decision.Put(turn: null);
        Pruning.Prune(decision);
        decision.PublishIdle();
        foreach (var command in turn.Commands)
            decision.Emit(new CommandExecuted(command.Name, decision.Id, command.Arguments, turn.Assistant));
    }

    /// <summary>Makes an assistant message that answers the newest prompt of the turn.</summary>
    public static AssistantMessage NewAssistant(Decision decision, UserMessage asked)
    {
        var info = decision.Info;
        return new AssistantMessage(
            decision.NextMessage(),
            decision.Id,
            new MessageTime(decision.Now),
            asked.Id,
            asked.Model.ProviderId,
            asked.Model.ModelId,
            asked.Agent,
            asked.Agent,
            new MessagePath(info.Directory, SnapshotPlace.RootOf(info)))
        {
            Variant = asked.Model.Variant,
        };
    }

    /// <summary>Makes the error for a model that does not exist.</summary>
    public static MessageError UnknownModel(ModelRef model) =>
        MessageError.Unknown($"Model not found: {model}. The configuration's 'provider' says which there are.");

    private static void Continue(Decision decision, TurnState turn, bool continues)
    {
        var isSummary = Compacting.IsUnderWay(decision);
        if (isSummary)
        {
            Compacting.Complete(decision);
            if (decision.State.Turn is not { } completed)
                return; // There is no summary.
            turn = completed;
            continues = Compacting.IsForEarlierPrompt(decision);
        }

        if (turn.Queued > 0 || continues || (!isSummary && turn is { Kind: TurnKind.Prompt, Rejected: false } && ContextRoom.IsFull(decision, turn) && !StepLimit.IsLast(decision) && !Structuring.IsWanted(decision)))
            Begin(decision, turn, continues || turn.Queued == 0 ? ParentOf(decision) : null);
        else
            End(decision);
    }

    private static void Take(Decision decision, object fact)
    {
        switch (fact)
        {
            case AnswerBegan m:
                decision.Put(new StepStartPart(decision.NextPart(), decision.Id, decision.Turn.Assistant) { Snapshot = m.Snapshot });
                break;
            case StepSnapshotTaken m:
                StepSnapshots.BeginAgain(decision, m.Snapshot);
                break;
            case TextStreamed m:
                decision.Stream(m.IsReasoning, m.Text);
                break;
            case ReasoningClosed m:
                decision.CloseReasoning(m.Metadata);
                break;
            case ToolCalled m:
                ToolCalling.Call(decision, m.Call);
                break;
            case AnswerEnded m:
                decision.CloseText();
                decision.Put(decision.Turn with { Stream = new StreamEnd(m.Reason, m.Usage) });
                if (m.Reason == FinishReason.ContentFilter)
                    CloseFiltered(decision);
                else
                    Finish(decision);
                break;
            case ToolReport m:
                ToolCalling.Take(decision, m);
                Finish(decision);
                break;
            case RetryPlanned m:
                decision.CloseText();
                decision.PublishStatus(new RetryStatus(m.Attempt, m.Message, m.Next));
                break;
            case RetryBegan:
                decision.PublishStatus(SessionStatus.Busy);
                break;
            case AnswerRefused m when m.Cause.IsContextOverflow && Compacting.Recover(decision, Error(m.Cause)):
                break;
            case AnswerRefused m:
                Closing.Close(decision, CloseCause.Failed(Error(m.Cause)));
                break;
            default:
                throw new InvalidOperationException($"A run reported {fact.GetType().Name}, which the session does not handle.");
        }
    }

    /// <summary>Begins the next step. It takes up the prompts that wait: the model sees them one after the other and answers the newest.</summary>
    /// <param name="decision">The decision.</param>
    /// <param name="turn">The turn.</param>
    /// <param name="left">The prompt, or the summary, whose step is gone on with; null when that is over.</param>
    public static void Begin(Decision decision, TurnState turn, MessageId? left = null)
    {
        turn = Compacting.MakeRoom(decision, turn);
        turn = turn with { Kind = TurnKind.Prompt, Taken = Compacting.TakenBy(decision.State, turn), Stream = null, Granted = [] };
        var isSummary = Summaries.RequestOf(decision.State.Message(turn.Asked)!) is not null;
        turn = turn with { Rejected = turn.Rejected && isSummary }; // What the user refused is not gone on with behind a summary.
        if (!isSummary)
            Structuring.GiveUp(decision, turn);
        var isTask = !isSummary && Subtasking.TryBegin(decision, turn);
        if (!isTask)
        {
            var asked = (UserMessage)decision.State.Message(turn.Asked)!.Info;
            var assistant = Compacting.NewSummary(decision, asked) ?? NewAssistant(decision, asked);
            decision.Put(turn with { Assistant = assistant.Id });
            decision.Put(assistant);
        }

        if (left is { } from && ParentOf(decision) is var next && next != from)
            decision.ContinueWith(from, next);
        if (!isTask)
            AskModel(decision);
    }

    private static MessageId ParentOf(Decision decision) => ((AssistantMessage)decision.Assistant.Info).ParentId;

    private static void CompleteAnswer(Decision decision, StreamEnd stream, string? snapshot, bool continues)
    {
        var usage = stream.Usage;
        var tokens = new Tokens(usage.Input, usage.Output, usage.Reasoning, new CacheTokens(usage.CacheRead, usage.CacheWrite));
        var shown = tokens with { Total = usage.Input + usage.Output + usage.Reasoning + usage.CacheRead + usage.CacheWrite };
        var answer = (AssistantMessage)decision.Assistant.Info;
        var cost = decision.Models.TryResolve(answer.ProviderId, answer.ModelId, out var model) ? model.Info.Price.Of(usage) : 0;
        var reason = stream.Reason switch
        {
            FinishReason.ToolCalls => "tool-calls",
            FinishReason.Length => "length",
            FinishReason.ContentFilter => "content-filter",
            _ => "stop",
        };

        decision.Put(new StepFinishPart(decision.NextPart(), decision.Id, decision.Turn.Assistant, reason, cost, shown) { Snapshot = snapshot });
        answer = answer with { Finish = reason, Tokens = shown, Cost = cost };
        decision.Put(continues ? answer : Structuring.Conclude(decision, answer));
        decision.Put(Completed(decision));
        decision.Update(decision.Info with { Cost = decision.Info.Cost + cost, Tokens = decision.Info.Tokens.Plus(tokens), Time = decision.Info.Time with { Updated = decision.Now } });
    }

    private static AssistantMessage Completed(Decision decision) =>
        (AssistantMessage)decision.Assistant.Info with { Time = decision.Assistant.Info.Time with { Completed = decision.Now } };

    private static void CloseFiltered(Decision decision)
    {
        CompleteAnswer(decision, decision.Turn.Stream!, snapshot: null, continues: true);
        Closing.Close(decision, CloseCause.Failed(MessageError.ContentFilter("The provider's content filter took the rest of this answer. Say it in other words, or take another model.")));
    }

    private static MessageError Error(ModelException cause) => cause.IsContextOverflow
        ? MessageError.ContextOverflow(cause.Message, cause.ResponseBody)
        : MessageError.ApiError(cause.Message, cause.StatusCode, cause.Retryable, cause.ResponseHeaders, cause.ResponseBody);
}
