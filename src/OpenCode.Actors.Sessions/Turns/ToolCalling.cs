using System.Text.Json;
using OpenCode.Actors.Protocol.Events;
using OpenCode.Actors.Protocol.Json;
using OpenCode.Actors.Protocol.Messages;
using OpenCode.Actors.Protocol.Models;
using OpenCode.Actors.Protocol.Parts;
using OpenCode.Actors.Sessions.Models;
using OpenCode.Actors.Sessions.Permissions;
using OpenCode.Actors.Sessions.Questions;
using OpenCode.Actors.Sessions.Snapshots;
using OpenCode.Actors.Sessions.State;
using OpenCode.Actors.Sessions.Structured;
using OpenCode.Actors.Sessions.Tools;

namespace OpenCode.Actors.Sessions.Turns;

/// <summary>Decides the life of a tool call: pending, running, ended.</summary>
internal static class ToolCalling
{
    /// <summary>Takes a call of the model: it is allowed, waits for the user, or is refused at once.</summary>
    public static void Call(Decision decision, ToolCall call)
    {
        decision.CloseText();
        var id = decision.NextPart();

        // Some servers give the calls of one answer one id, or none: a report would find the part of another call.
        if (call.CallId.Length == 0 || decision.Assistant.Tool(call.CallId) is not null)
            call = call with { CallId = $"{call.CallId}{id}" };
        var part = new ToolPart(id, decision.Id, decision.Turn.Assistant, call.CallId, call.Name, new ToolPending(ProtocolJson.EmptyObject, ""));
        decision.Put(part);

        if (call.Input.ValueKind != JsonValueKind.Object)
            Fail(decision, part, $"The input of '{call.Name}' has to be a JSON object that has no key twice.");
        else if (call.Name == StructuredOutputTool.Name && Structuring.IsOffered(decision))
            Structuring.Take(decision, part, call);
        else if (Compacting.IsUnderWay(decision))
            Fail(decision, part with { State = new ToolPending(call.Input, "") }, "No tool can be called while the conversation is summed up.");
        else if (StepLimit.IsLast(decision))
            Fail(decision, part with { State = new ToolPending(call.Input, "") }, "This is the last step that the agent may take, and no tool can be called in it. Nothing was done.");
        else if (!TurnRules.Offers(decision, call.Name))
            Fail(decision, part with { State = new ToolPending(call.Input, "") }, $"The tool '{call.Name}' is switched off here. Go on without it.");
        else if (call.Name == QuestionTool.Name)
            AskQuestion(decision, part, call);
        else if (!decision.Setup.Toolbox.Has(decision.Location.ToolPrefixes, call.Name))
            Fail(decision, part, $"There is no tool '{call.Name}'. There are: {string.Join(", ", NamesOf(decision))}.");
        else
            Permitting.Permit(decision, part, call);
    }

    /// <summary>Takes the report of a running tool. A report after its end is ignored.</summary>
    public static void Take(Decision decision, ToolReport report)
    {
        if (decision.Assistant.Tool(report.CallId) is not { State: ToolRunning running } part)
            return;

        switch (report)
        {
            case ToolStarted m:
                decision.Mark(m.CallId, m.Mark);
                break;
            case ToolProgress m:
                decision.Put(part with { State = running with { Metadata = m.Metadata } });
                break;
            case ToolEnded m:
                End(decision, part, running, m);
                break;
            case ToolFailed m:
                decision.Mark(m.CallId, null);
                if (m.EndsTurn)
                    decision.Put(decision.Turn with { Rejected = true });
                Fail(decision, part, m.Error);
                break;
            default:
                throw new InvalidOperationException($"A tool reported {report.GetType().Name}, which the session does not handle.");
        }
    }

    /// <summary>Starts a tool whose part is running already.</summary>
    /// <param name="decision">The decision.</param>
    /// <param name="part">The part.</param>
    /// <param name="allowed">The granted permissions.</param>
    public static void Start(Decision decision, ToolPart part, IReadOnlyList<ToolPermission> allowed)
    {
        var info = decision.Info;
        var context = new ToolContext(decision.Id, info.Directory, part.CallId, IsUsers: decision.Turn.Kind is TurnKind.Shell or TurnKind.Subtask)
        {
            Root = SnapshotPlace.RootOf(info),
            Allowed = allowed,
            Rules = TurnRules.InForce(decision),
            Todos = decision.State.Todos,
            Part = part.Id,
            Left = (part.State as ToolRunning)?.Metadata,
            Model = decision.Assistant.Info is AssistantMessage by ? new ModelRef(by.ProviderId, by.ModelId, by.Variant) : null,
        };
        decision.Orders.Add(new StartTool(decision.Turn.Run, new ToolCall(part.CallId, part.Tool, part.State.Input), context));
    }

    /// <summary>Shows a call as running, also one that waits for the user: only its request shows that it has done nothing yet.</summary>
    public static ToolPart Run(Decision decision, ToolPart part, ToolCall call)
    {
        var running = part with { State = new ToolRunning(call.Input, new PartTime(decision.Now)) };
        decision.Put(running);
        return running;
    }

    /// <summary>Ends a tool with an error.</summary>
    public static void Fail(Decision decision, ToolPart part, string error)
    {
        var start = part.State is ToolRunning running ? running.Time.Start : decision.Now;
        var metadata = (part.State as ToolRunning)?.Metadata;
        decision.Put(part with { State = new ToolError(part.State.Input, error, new PartTime(start, decision.Now)) { Metadata = metadata } });
    }

    private static void End(Decision decision, ToolPart part, ToolRunning running, ToolEnded end)
    {
        decision.Mark(end.CallId, null);
        foreach (var file in end.Edited)
            decision.Emit(new FileEdited(file));
        if (end.Todos is { } todos)
            decision.Put(todos);
        decision.Put(part with
        {
            State = new ToolCompleted(running.Input, end.Output, end.Title, end.Metadata, running.Time with { End = decision.Now })
            {
                Attachments = end.Files.Count == 0 ? null
                    : [.. end.Files.Select(file => new FilePart(decision.NextPart(), decision.Id, part.MessageId, file.MimeType, file.Url) { Filename = file.Filename })],
            },
        });
    }

    // Which tools the servers of the location have may only be known when they run.
    private static IEnumerable<string> NamesOf(Decision decision) =>
    [
        .. decision.Setup.Toolbox.Definitions.Select(static tool => tool.Name).Where(name => TurnRules.Offers(decision, name)), .. decision.Location.ToolPrefixes.Select(static prefix => prefix + "*"),
    ];

    private static void AskQuestion(Decision decision, ToolPart part, ToolCall call)
    {
        if (QuestionTool.Read(call.Input, out var mistake) is not { } questions)
        {
            Fail(decision, part, mistake);
            return;
        }

        decision.Ask(new QuestionRequest(decision.Setup.Ids.NewQuestion(), decision.Id, questions, new ToolCallRef(part.MessageId, part.CallId)));
        Run(decision, part, call);
    }
}
