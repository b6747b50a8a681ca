using System.Text.Json;
using OpenCode.Actors.Protocol.Messages;
using OpenCode.Actors.Protocol.Parts;
using OpenCode.Actors.Sessions.Models;
using OpenCode.Actors.Sessions.State;
using OpenCode.Actors.Sessions.Structured;

namespace OpenCode.Actors.Sessions.Turns;

/// <summary>Structured output: the model of a prompt with <c>format: json_schema</c> answers by a call of <see cref="StructuredOutputTool"/>, with which the turn ends.</summary>
internal static class Structuring
{
    // What opencode stores when the client gives none.
    private const int DefaultRetryCount = 2;

    /// <summary>Returns the format that is stored with the user message.</summary>
    public static OutputFormat? Kept(OutputFormat? format) => format is { IsStructured: true, RetryCount: null } ? format with { RetryCount = DefaultRetryCount } : format;

    /// <summary>True if the step of the open turn answers a prompt that wants an object.</summary>
    public static bool IsWanted(Decision decision) => SchemaOf(decision) is not null;

    /// <summary>True if the model may answer by the tool: an object is wanted, and no rule switches all tools off.</summary>
    public static bool IsOffered(Decision decision) => IsWanted(decision) && TurnRules.Offers(decision, StructuredOutputTool.Name);

    /// <summary>Makes a request that must end with a call of the tool. The last step of an agent can call no other.</summary>
    public static ModelRequest Demand(Decision decision, ModelRequest request)
    {
        if (!IsOffered(decision))
            return request;

        var tool = StructuredOutputTool.DefinitionFor(SchemaOf(decision)!.Value);
        return request with
        {
            System = string.IsNullOrEmpty(request.System) ? StructuredOutputTool.Notice : $"{request.System}\n\n{StructuredOutputTool.Notice}",
            Tools = StepLimit.IsLast(decision) ? [tool] : [.. request.Tools, tool],
            Options = request.Options with { MayCallTools = true, MustCallTool = true },
        };
    }

    /// <summary>Takes a call of the tool.</summary>
    public static void Take(Decision decision, ToolPart part, ToolCall call)
    {
        part = ToolCalling.Run(decision, part, call);
        var time = ((ToolRunning)part.State).Time with { End = decision.Now };
        decision.Put(part with { State = new ToolCompleted(call.Input, StructuredOutputTool.Output, StructuredOutputTool.Title, StructuredOutputTool.Metadata, time) });
    }

    /// <summary>Returns the object from the last call of the step; null while there is none.</summary>
    public static JsonElement? AnswerOf(Decision decision) => IsWanted(decision)
        ? decision.Assistant.Parts.OfType<ToolPart>().LastOrDefault(static part => part is { Tool: StructuredOutputTool.Name, State: ToolCompleted })?.State.Input
        : null;

    /// <summary>Adds the object, or the error, to the last answer to its prompt.</summary>
    public static AssistantMessage Conclude(Decision decision, AssistantMessage answer) =>
        AnswerOf(decision) is { } structured ? answer with { Structured = structured }
        : IsWanted(decision) && !decision.Turn.Rejected ? answer with { Error = MessageError.StructuredOutput("The model ended its answer without the structured output that was asked for. Ask again, or take another model.", retries: 0) }
        : answer;

    /// <summary>Returns the format of the prompt whose answer a summary of the session interrupted; null when there is none, or it has its answer.</summary>
    public static OutputFormat? LeftBy(SessionState state) =>
        state.Messages.LastOrDefault(static message => message.Info is AssistantMessage { Summary: not true })?.Info is AssistantMessage { Structured: null, Error: null } answer
            ? (state.Message(answer.ParentId)?.Info as UserMessage)?.Format
            : null;

    /// <summary>Another prompt is answered before one of the same turn has its object: its last answer says so (rule "Nothing is ignored silently").</summary>
    public static void GiveUp(Decision decision, TurnState turn)
    {
        if (decision.State.Messages.LastOrDefault(static message => message.Info is AssistantMessage { Summary: not true })?.Info is not AssistantMessage { Structured: null, Error: null } answer
            || answer.ParentId == turn.Asked || !turn.Prompts.Contains(answer.ParentId) || LeftBy(decision.State) is not { IsStructured: true } || Continuations.IsOne(decision.State.Message(turn.Asked)!))
        {
            return;
        }

        decision.Put(answer with { Error = MessageError.StructuredOutput("Another prompt came before the model had given the structured output that was asked for. Ask again when the session is idle.", retries: 0) });
    }

    private static JsonElement? SchemaOf(Decision decision) =>
        decision.Turn.Kind == TurnKind.Prompt && !Compacting.IsUnderWay(decision) && ((UserMessage)decision.State.Message(decision.Turn.Asked)!.Info).Format is { IsStructured: true } format ? format.Schema : null;
}
