using System.Diagnostics;
using OpenCode.Actors.Protocol.Events;
using OpenCode.Actors.Protocol.Parts;
using OpenCode.Actors.Protocol.Permissions;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Questions;
using OpenCode.Actors.Sessions.State;

namespace OpenCode.Actors.Sessions.Turns;

/// <summary>Applies the user's answers to a turn that waits for them.</summary>
internal static class Answering
{
    /// <summary>True if a request waits for the answer. Each is answered once.</summary>
    public static bool IsAwaited(SessionState state, IRequestReply reply) => reply is ReplyPermission
        ? state.Permissions.Exists(request => request.Id.Value == reply.Request)
        : state.Questions.Exists(request => request.Id.Value == reply.Request);

    /// <summary>Takes an answer that is awaited.</summary>
    public static Outcome Decide(Decision decision, IRequestReply reply)
    {
        switch (reply)
        {
            case ReplyPermission m:
                Permission(decision, decision.State.Permissions.Find(request => request.Id == m.RequestId)!, m.Answer, m.Feedback);
                break;
            case ReplyQuestion m:
                Question(decision, decision.State.Questions.Find(request => request.Id == m.RequestId)!, m.Answers);
                break;
            case RejectQuestion m:
                Question(decision, decision.State.Questions.Find(request => request.Id == m.RequestId)!, answers: null);
                break;
            default:
                throw new UnreachableException();
        }

        return new Outcome(OutcomeKind.Answered);
    }

    // With a reject, feedback is a text for the model, which then continues; without it the turn ends with this step.
    private static void Permission(Decision decision, PermissionRequest request, PermissionAnswer answer, string? feedback)
    {
        if (answer == PermissionAnswer.Reject)
        {
            Refuse(decision, request, string.IsNullOrWhiteSpace(feedback) ? null : feedback);
        }
        else
        {
            if (answer == PermissionAnswer.Always)
            {
                foreach (var pattern in request.Always)
                    decision.Remember(new PermissionRule(request.Permission, pattern, PermissionAction.Allow));
            }

            decision.Answer(request, answer);
            Permitting.Continue(decision, Tool(decision, request.Tool), request);
            if (answer == PermissionAnswer.Always)
                GrantCovered(decision);
        }

        Stepping.Finish(decision);
    }

    // Null dismisses it.
    private static void Question(Decision decision, QuestionRequest request, IReadOnlyList<IReadOnlyList<string>>? answers)
    {
        decision.Answer(request, answers);
        var part = Tool(decision, request.Tool);
        if (answers is null)
        {
            ToolCalling.Fail(decision, part, "The user dismissed the question.");
            decision.Put(decision.Turn with { Rejected = true });
        }
        else
        {
            var time = ((ToolRunning)part.State).Time with { End = decision.Now };
            var title = request.Questions.Count == 1 ? "Asked 1 question" : $"Asked {request.Questions.Count} questions";
            var told = QuestionTool.Render(request.Questions, answers);
            decision.Put(part with { State = new ToolCompleted(part.State.Input, told, title, QuestionTool.Metadata(answers), time) });
        }

        Stepping.Finish(decision);
    }

    private static void Refuse(Decision decision, PermissionRequest request, string? feedback)
    {
        decision.Answer(request, PermissionAnswer.Reject);
        var error = feedback is null ? "The user rejected this tool call." : $"The user rejected this tool call with the following feedback: {feedback}";
        ToolCalling.Fail(decision, Tool(decision, request.Tool), error);
        if (feedback is not null)
            return;

        // A reject without feedback ends the turn: the other requests of this step are withdrawn.
        decision.Put(decision.Turn with { Rejected = true });
        foreach (var other in decision.State.Permissions)
        {
            decision.Answer(other, PermissionAnswer.Reject);
            ToolCalling.Fail(decision, Tool(decision, other.Tool), error);
        }
    }

    private static void GrantCovered(Decision decision)
    {
        foreach (var other in decision.State.Permissions)
        {
            var part = Tool(decision, other.Tool);
            if (!Permitting.IsAllowed(decision, part, other))
                continue;

            decision.Answer(other, PermissionAnswer.Always);
            Permitting.Continue(decision, part, other);
        }
    }

    private static ToolPart Tool(Decision decision, ToolCallRef? call) =>
        call is not null && decision.Assistant.Tool(call.CallId) is { State: ToolRunning } part
            ? part
            : throw new InvalidOperationException($"The request of call '{call?.CallId}' in session {decision.Id} has no waiting tool.");
}
