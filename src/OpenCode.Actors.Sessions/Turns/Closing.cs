using System.Text.Json;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Messages;
using OpenCode.Actors.Protocol.Parts;
using OpenCode.Actors.Protocol.Permissions;
using OpenCode.Actors.Protocol.Sessions;
using OpenCode.Actors.Sessions.State;

namespace OpenCode.Actors.Sessions.Turns;

/// <summary>Closes a turn before its end, so that nothing shows it as running: requests withdrawn, parts closed, the error published, then idle, once.</summary>
internal static class Closing
{
    private const string AbortNote = "\n\n(aborted by the user)";

    /// <summary>Closes the open turn.</summary>
    public static void Close(Decision decision, CloseCause cause)
    {
        Withdraw(decision);
        decision.CloseText();
        foreach (var part in decision.Assistant.Parts)
        {
            if (part is ToolPart { State: ToolPending or ToolRunning } tool)
                CloseTool(decision, tool, cause);
        }

        foreach (var callId in decision.State.Processes.Keys.Order(StringComparer.Ordinal))
            decision.Mark(callId, null);

        var assistant = (AssistantMessage)decision.Assistant.Info with { Time = decision.Assistant.Info.Time with { Completed = decision.Now } };
        var waitedForRetry = cause.ByUser && decision.State.Status is RetryStatus;
        decision.Put(waitedForRetry ? assistant : assistant with { Error = cause.Error });
        if (!waitedForRetry)
            decision.PublishError(cause.Error);
        AnswerQueued(decision, cause.Error);

        // What its tools did can be undone too. The turn does not wait for that. After a stop of the server the files may have been changed by others since.
        var keep = cause == CloseCause.ServerStopped ? null : StepSnapshots.After(decision, decision.Assistant, default);
        Stepping.End(decision);
        if (keep is not null)
            decision.Orders.Add(keep);
    }

    // every-wait-ends: a prompt that waited for its turn, or for a summary on its way, has an answer of its own, and not that of the prompt before it.
    private static void AnswerQueued(Decision decision, MessageError error)
    {
        MessageId[] interrupted = Compacting.Interrupted(decision) is { } asked ? [asked] : [];
        foreach (var prompt in interrupted.Concat(decision.Turn.Prompts.Skip(decision.Turn.Taken)))
        {
            var answer = Stepping.NewAssistant(decision, (UserMessage)decision.State.Message(prompt)!.Info);
            decision.Put(answer with { Error = error, Time = answer.Time with { Completed = decision.Now } });
        }
    }

    private static void Withdraw(Decision decision)
    {
        foreach (var request in decision.State.Permissions)
            decision.Answer(request, PermissionAnswer.Reject);
        foreach (var request in decision.State.Questions)
            decision.Answer(request, answers: null);
    }

    private static void CloseTool(Decision decision, ToolPart part, CloseCause cause)
    {
        if (cause.ByUser && part.State is ToolRunning { Metadata: { } metadata } running && Output(metadata) is { } output)
        {
            var time = running.Time with { End = decision.Now };
            decision.Put(part with { State = new ToolCompleted(running.Input, output + AbortNote, running.Title ?? part.Tool, metadata, time) });
        }
        else
        {
            ToolCalling.Fail(decision, part, cause.ToolError);
        }
    }

    private static string? Output(JsonElement metadata) =>
        metadata.ValueKind == JsonValueKind.Object && metadata.TryGetProperty("output", out var output) && output.ValueKind == JsonValueKind.String
            ? output.GetString()
            : null;
}
