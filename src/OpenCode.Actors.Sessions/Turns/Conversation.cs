using OpenCode.Actors.Protocol.Messages;
using OpenCode.Actors.Protocol.Parts;
using OpenCode.Actors.Sessions.Agents;
using OpenCode.Actors.Sessions.Attachments;
using OpenCode.Actors.Sessions.Instructions;
using OpenCode.Actors.Sessions.Models;
using OpenCode.Actors.Sessions.Questions;
using OpenCode.Actors.Sessions.State;

namespace OpenCode.Actors.Sessions.Turns;

/// <summary>Builds a model's request from the messages of a session.</summary>
internal static class Conversation
{
    private const string SummaryAsked = "Sum up what was said and done in this session so far.";

    /// <summary>Builds the request for the next step.</summary>
    public static ModelRequest Build(Decision decision, UserMessage asked)
    {
        var (state, turn, isLast) = (decision.State, decision.Turn, StepLimit.IsLast(decision));
        var notice = !isLast ? null : Structuring.IsOffered(decision) ? StepLimit.StructuredNotice : StepLimit.Notice;
        var request = new ModelRequest(asked.Model.ModelId, asked.System, new LazyList<ModelMessage>(() => Tell(state, turn, notice)), Tools(decision))
        {
            Options = OptionsOf(TurnRules.AgentOf(decision)) with { MayCallTools = !isLast },
        };
        return Structuring.Demand(decision, request);
    }

    /// <summary>Returns what the system prompt of the next step is made from.</summary>
    public static PromptContext Brief(Decision decision, UserMessage asked) =>
        new(decision.Id.Value, decision.Info.Directory, asked.Model.ToString(), TurnRules.AgentOf(decision)?.Prompt);

    private static StepOptions OptionsOf(Agent? agent) =>
        agent is null ? StepOptions.Default : new StepOptions { Temperature = agent.Temperature, TopP = agent.TopP, Provider = agent.Options };

    // Built within the call of the model: a long history and large images would hold up the session's actor. The state is immutable.
    private static List<ModelMessage> Tell(SessionState state, TurnState turn, string? notice)
    {
        var messages = new List<ModelMessage>();
        var later = turn.Prompts.Skip(turn.Taken).ToHashSet(); // They came while the turn was held.
        string? agent = null;
        foreach (var message in Summaries.ForModel(state.Messages))
        {
            if (later.Contains(message.Info.Id))
                continue;

            if (message.Info is UserMessage user)
            {
                Tell(message, Reminding.Of(user.Agent, agent), messages);
                agent = user.Agent;
            }
            else if (message.Info.Id != turn.Assistant)
            {
                TellAnswer(message, messages);
            }
        }

        if (notice is not null)
            messages.Add(new UserTurn(notice));
        return messages;
    }

    private static void Tell(MessageState message, string? reminder, List<ModelMessage> messages)
    {
        var content = new List<UserContent>();
        for (var i = 0; i < message.Parts.Count; i++)
        {
            var part = message.Parts[i];
            if (part is TextPart { Ignored: not true, Text.Length: > 0 } text)
                content.Add(new TextContent(text.Text));
            else if (part is SubtaskPart task)
                content.Add(new TextContent($"The user had the agent '{task.Agent}' do a task. What it was asked and what came of it follows."));
            else if (part is FilePart file && AttachedMedia.Find(file) is { } media)
                content.Add(media);
            else if (part is CompactionPart)
                content.Add(new TextContent(SummaryAsked));
        }

        if (content.Count == 0)
            return;

        if (reminder is not null)
            content.Add(new TextContent(reminder));
        messages.Add(new UserTurn(content));
    }

    // Of interrupted tries only the last counts: it repeats the text of the others.
    private static void TellAnswer(MessageState message, List<ModelMessage> messages)
    {
        var from = message.Parts.FindLastIndex(static part => part is StepStartPart) + 1;
        var parts = message.Parts.Skip(from).ToList();
        var text = string.Concat(parts.OfType<TextPart>().Select(part => part.Text));
        var reasoning = parts.OfType<ReasoningPart>().Select(part => new ReasoningBlock(part.Text, part.Metadata));
        var tools = parts.OfType<ToolPart>().ToList();
        if (text.Length == 0 && tools.Count == 0)
            return;

        messages.Add(new AssistantTurn(text, [.. reasoning], [.. tools.Select(part => new ToolCall(part.CallId, part.Tool, part.State.Input))]));
        foreach (var tool in tools)
        {
            messages.Add(tool.State switch
            {
                ToolCompleted { Time.Compacted: not null } => new ToolResult(tool.CallId, tool.Tool, Pruning.Notice, IsError: false),
                ToolCompleted done => new ToolResult(tool.CallId, tool.Tool, done.Output, IsError: false) { Files = [.. (done.Attachments ?? []).Select(AttachedMedia.Find).OfType<FileContent>()] },
                ToolError failed => new ToolResult(tool.CallId, tool.Tool, failed.Error, IsError: true),
                _ => new ToolResult(tool.CallId, tool.Tool, "The tool did not end.", IsError: true),
            });
        }
    }

    private static List<ToolDefinition> Tools(Decision decision) =>
        [.. decision.Setup.Toolbox.Definitions
            .Where(static tool => tool.Name != QuestionTool.Name)
            .Append(QuestionTool.Definition)
            .Where(tool => TurnRules.Offers(decision, tool.Name))];
}
