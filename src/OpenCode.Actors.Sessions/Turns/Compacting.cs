using System.Text.Json;
using OpenCode.Actors.Protocol.Events;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Messages;
using OpenCode.Actors.Protocol.Models;
using OpenCode.Actors.Protocol.Parts;
using OpenCode.Actors.Protocol.Requests;
using OpenCode.Actors.Sessions.Agents;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.History;
using OpenCode.Actors.Sessions.Models;
using OpenCode.Actors.Sessions.Setup;
using OpenCode.Actors.Sessions.State;

namespace OpenCode.Actors.Sessions.Turns;

/// <summary>Compacts a session: its conversation continues from a summary (rule "A summary replaces what it tells"). The request is a user message, the summary a step that answers it.</summary>
internal static class Compacting
{
    private const string AgentName = "compaction";
    private const int CharactersPerToken = 3; // fewer than in English text, so that a digest rather comes out too short

    private const string ContinuePrompt = "The conversation before this was summed up, to make room. Go on with what is left to do. If it is not clear what that is, ask; if nothing is left, say so.";
    private const string Write =
        """
        Write the summary now, in Markdown, under these headings: Goal; What the user said that still holds; Decisions and facts, with their reasons; Done; Under way; Next steps; Files that matter.
        Short points. Names of files, symbols, commands and errors exactly as they are. Write "none" under a heading that has nothing. In the language of the conversation.
        """;

    /// <summary>Finds the reason to refuse a user's request for a summary; null when it can be taken.</summary>
    public static object? Refusal(SessionState state, LocationSetup location, SessionsOptions options, SummarizeSession request)
    {
        var mistake = location.Agents.Fault ?? location.Models.Fault ?? Prompting.ModelFault(location.Models, new ModelRef(request.ProviderId, request.ModelId));
        if (mistake is null && !location.Models.TryResolve(request.ProviderId, request.ModelId, out _))
            mistake = $"model: there is no {request.ProviderId}/{request.ModelId} here. The configuration's 'provider' says which there are.";
        return mistake is not null ? new PromptRejected(mistake) : Prompting.QueueFull(state, options);
    }

    /// <summary>Takes a user's request for a summary: it is made at once, or before the open turn's next step.</summary>
    public static Outcome Decide(Decision decision, Summarize command)
    {
        Undoing.Settle(decision);
        var request = command.Request;
        var last = decision.State.Messages.FindLast(static message => message.Info is UserMessage)?.Info as UserMessage;
        var agent = last?.Agent ?? decision.Agents.Default;
        var id = Ask(decision, agent, new ModelRef(request.ProviderId, request.ModelId), request.Auto == true);
        if (decision.State.Turn is { } turn)
            decision.Put(turn with { Prompts = turn.Prompts.Add(id) });
        else
            Stepping.Open(decision, id);
        return new Outcome(OutcomeKind.Accepted, id);
    }

    /// <summary>True if the step of the open turn makes a summary.</summary>
    public static bool IsUnderWay(Decision decision) => Summaries.IsSummary(decision.Assistant);

    /// <summary>Returns how many prompts of a turn are taken up by its next step: all that wait, up to a step of its own: a request for a summary, or what goes on behind one.</summary>
    public static int TakenBy(SessionState state, TurnState turn)
    {
        var next = turn.Prompts.FindIndex(turn.Taken, prompt => state.Message(prompt) is { } message && (Summaries.RequestOf(message) is not null || Continuations.IsOne(message)));
        return next < 0 ? turn.Prompts.Count : next == turn.Taken ? next + 1 : next;
    }

    /// <summary>Makes the message of the summary that the step of the open turn writes; null when it answers a prompt.</summary>
    public static AssistantMessage? NewSummary(Decision decision, UserMessage asked)
    {
        if (Summaries.RequestOf(decision.State.Message(asked.Id)!) is null)
            return null;

        var model = AgentOf(decision)?.Model ?? asked.Model;
        return Stepping.NewAssistant(decision, asked) with { Mode = AgentName, Agent = AgentName, Summary = true, ProviderId = model.ProviderId, ModelId = model.ModelId, Variant = model.Variant };
    }

    /// <summary>Builds the model's request for a summary.</summary>
    public static ModelRequest Request(Decision decision, ModelInfo model)
    {
        var (state, turn, agent) = (decision.State, decision.Turn, AgentOf(decision));
        var tail = SummaryTail.From(decision, state.Message(turn.Asked)!);
        var most = model.Limit.Context > 0 ? (int)Math.Min(int.MaxValue, (model.Limit.Context - model.Limit.Answer) * CharactersPerToken) : int.MaxValue;
        return StepOptionMerging.Request(agent, AgentPrompts.Compaction, model, new LazyList<ModelMessage>(() => [new UserTurn(Told(state, turn, tail, most))]));
    }

    /// <summary>Requests a summary before the next step, when the context of its model is nearly full. Prompts that wait come after it.</summary>
    public static TurnState MakeRoom(Decision decision, TurnState turn) => ContextRoom.IsFull(decision, turn) ? AskNow(decision, turn) : turn;

    /// <summary>Requests a summary after a model refused the conversation as too long; then the step is repeated. Not right behind a summary, which would not help.</summary>
    /// <returns>Whether the turn goes on.</returns>
    public static bool Recover(Decision decision, MessageError error)
    {
        if (IsUnderWay(decision) || !ContextRoom.RulesOf(decision).Auto || ContextRoom.IsFresh(decision.State.Messages))
            return false;

        decision.CloseText();
        decision.PublishError(error);
        decision.Put((AssistantMessage)decision.Assistant.Info with { Time = decision.Assistant.Info.Time with { Completed = decision.Now } });
        Stepping.Begin(decision, AskNow(decision, decision.Turn, overflow: true), ((AssistantMessage)decision.Assistant.Info).ParentId);
        return true;
    }

    /// <summary>Completes a summary: later requests begin with it, and the interrupted turn continues. An empty summary ends the turn.</summary>
    public static void Complete(Decision decision)
    {
        if (!decision.Assistant.Parts.Exists(static part => part is TextPart { Text.Length: > 0 }))
        {
            Closing.Close(decision, CloseCause.Failed(MessageError.Unknown("The model wrote no summary, so nothing of the conversation was left out. Try another model.")));
            return;
        }

        var asked = decision.State.Message(((AssistantMessage)decision.Assistant.Info).ParentId)!;
        var request = Summaries.RequestOf(asked)!;
        if (SummaryTail.From(decision, asked) is { } tail)
            decision.Put(request with { TailStartId = tail });
        if (!decision.Turn.Rejected && (request.Overflow == true || (decision.Turn.Queued == 0 && (request.Auto || WasInterrupted(decision.State.Messages)))))
            Continue(decision, (UserMessage)asked.Info, Repeated(decision.State, decision.Turn));
        decision.Emit(new SessionCompacted(decision.Id));
    }

    /// <summary>Gives the prompt whose answer the summary under way interrupts; null when there is no summary under way, or the prompt has its answer.</summary>
    public static MessageId? Interrupted(Decision decision) =>
        IsUnderWay(decision) && decision.Turn is { Rejected: false } turn && Answered(decision.State)?.Id is { } prompt && turn.Prompts.Contains(prompt) && (IsOverflow(decision.State, turn) || WasInterrupted(decision.State.Messages))
            ? prompt
            : null;

    /// <summary>True if what follows a whole summary is for the prompt before it: a message that lets the model go on, or prompts that came in the middle of that one's answer.</summary>
    public static bool IsForEarlierPrompt(Decision decision) =>
        Interrupted(decision) is not null || (decision.Turn is { Queued: > 0 } turn && Continuations.IsOne(decision.State.Message(turn.Prompts[turn.Taken])!));

    private static TurnState AskNow(Decision decision, TurnState turn, bool overflow = false)
    {
        var next = (UserMessage)decision.State.Message(turn.Queued > 0 && !overflow ? turn.Prompts[turn.Taken] : turn.Asked)!.Info;
        return turn with { Prompts = turn.Prompts.Insert(turn.Taken, Ask(decision, next.Agent, next.Model, auto: true, overflow)) };
    }

    private static MessageId Ask(Decision decision, string agent, ModelRef model, bool auto, bool? overflow = null)
    {
        var id = decision.NextMessage();
        decision.Put(new UserMessage(id, decision.Id, new MessageTime(decision.Now), agent, model));
        decision.Put(new CompactionPart(decision.NextPart(), decision.Id, id, auto) { Overflow = overflow });
        return id;
    }

    // Lets the model go on by a message that says so, or by the prompt that was too long together with what is summed up now.
    private static void Continue(Decision decision, UserMessage asked, MessageState? repeated)
    {
        var id = decision.NextMessage();
        decision.Put(((repeated?.Info as UserMessage) ?? asked) with { Id = id, Time = new MessageTime(decision.Now), Summary = null, Format = Structuring.LeftBy(decision.State), System = Answered(decision.State)?.System });
        if (repeated is null)
        {
            decision.Put(new TextPart(decision.NextPart(), decision.Id, id, ContinuePrompt) { Synthetic = true, Time = new PartTime(decision.Now, decision.Now), Metadata = Continuations.Mark });
        }
        else
        {
            foreach (var part in repeated.Parts)
                decision.Put(Continuations.Marked(part) with { Id = decision.NextPart(), MessageId = id });
            if (!repeated.Parts.Exists(static part => part is TextPart))
                decision.Put(new TextPart(decision.NextPart(), decision.Id, id, "") { Synthetic = true, Ignored = true, Metadata = Continuations.Mark });
        }

        // Before what waits: that is of later prompts.
        decision.Put(decision.Turn with { Prompts = decision.Turn.Prompts.Insert(decision.Turn.Taken, id) });
    }

    // The prompt of the last answer: what goes on is still for it.
    private static UserMessage? Answered(SessionState state) =>
        state.Messages.LastOrDefault(static message => message.Info is AssistantMessage { Summary: not true })?.Info is AssistantMessage answer ? state.Message(answer.ParentId)?.Info as UserMessage : null;

    private static bool IsOverflow(SessionState state, TurnState turn) => Summaries.RequestOf(state.Message(turn.Asked)!) is { Overflow: true };

    // Of an overflow at the first step for a prompt, that prompt. What was done for it in earlier steps is in the summary, and so is a prompt with nothing before it.
    private static MessageState? Repeated(SessionState state, TurnState turn)
    {
        if (!IsOverflow(state, turn))
            return null;

        var prompt = turn.Prompts[turn.Taken - 2];
        var before = Summaries.ForModel([.. state.Messages.TakeWhile(message => message.Info.Id != turn.Asked)]).ToList();
        var at = before.FindIndex(message => message.Info.Id == prompt);
        return at > 0 && before.Skip(at).All(static message => message.Info is not AssistantMessage { Finish: not null }) ? before[at] : null;
    }

    // The step before wanted to go on with what its tools gave.
    private static bool WasInterrupted(IReadOnlyList<MessageState> messages) =>
        messages.LastOrDefault(static message => message.Info is AssistantMessage { Summary: not true })?.Info is AssistantMessage { Finish: "tool-calls", Error: null };

    private static string Told(SessionState state, TurnState turn, MessageId? tail, int most)
    {
        var left = turn.Prompts.Skip(turn.Taken - 1).ToHashSet();
        left.UnionWith(state.Messages.SkipWhile(message => message.Info.Id != turn.Asked).Where(static message => message.Info is UserMessage).Select(static message => message.Info.Id));
        if (Repeated(state, turn) is { } repeated)
            left.Add(repeated.Info.Id);

        var summed = Summaries.ForModel(state.Messages).TakeWhile(message => message.Info.Id != tail)
            .Where(message => message.Info.Id != turn.Assistant && !left.Contains(message.Info.Id)).ToList();
        return $"""
            The conversation so far. Where it begins with a summary, that is of what was before: carry over what still holds.

            <conversation>
            {Transcript.Of(summed, Math.Max(most - Write.Length, 1_000))}</conversation>

            {Write}
            """;
    }

    private static Agent? AgentOf(Decision decision) => decision.Agents.Find(AgentName);
}
