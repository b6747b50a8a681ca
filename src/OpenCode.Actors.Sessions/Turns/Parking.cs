using System.Text.Json;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Parts;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Models;
using OpenCode.Actors.Sessions.Runs;
using OpenCode.Actors.Sessions.State;
using OpenCode.Actors.Sessions.Tools.Tasks;

namespace OpenCode.Actors.Sessions.Turns;

/// <summary>Parks turns that only wait for their user (rule "Waiting turns stay open").</summary>
internal static class Parking
{
    /// <summary>True if the open turn only waits for its user: a request waits, and no tool runs that has begun its work (rule "Waiting turns stay open").</summary>
    /// <param name="state">The session.</param>
    /// <param name="withTasks">Whether a call of <c>task</c> that has its child counts as a wait: the child is a session of its own, and knows whether it waits.</param>
    public static bool IsParked(SessionState state, bool withTasks = false)
    {
        var waiting = WaitingCalls(state);
        if (withTasks)
            waiting.UnionWith(Tasks(state).Select(static task => task.CallId));
        return waiting.Count > 0 && state.Message(state.Turn!.Assistant)!.Parts
            .TrueForAll(part => part is not ToolPart { State: ToolPending or ToolRunning } tool || waiting.Contains(tool.CallId));
    }

    /// <summary>Returns the ids of the calls that wait for their user.</summary>
    public static HashSet<string?> WaitingCalls(SessionState state) =>
        state.Permissions.Select(request => request.Tool?.CallId).Concat(state.Questions.Select(request => request.Tool?.CallId)).ToHashSet(StringComparer.Ordinal);

    /// <summary>Keeps a parked turn waiting, with a run that holds its place. The rest of the model's answer is lost with the server's end.</summary>
    public static void Park(Decision decision)
    {
        Leave(decision);
        decision.Adopt(new RunId(decision.Setup.Entropy.NextUInt64()));
        decision.Orders.Add(new HoldRun(decision.Turn.Run));
    }

    /// <summary>Leaves a parked turn, which has no run any more, to the session's next owner.</summary>
    public static void Leave(Decision decision)
    {
        decision.CloseText();
        if (decision.Turn is { Stream: null, Kind: not TurnKind.Subtask })
            decision.Put(decision.Turn with { Stream = new StreamEnd(FinishReason.ToolCalls, TokenUsage.None) });
    }

    /// <summary>Resumes, after a crash, the wait of calls of <c>task</c> that have their children.</summary>
    public static void ResumeTasks(Decision decision)
    {
        foreach (var task in Tasks(decision.State).ToList())
            ToolCalling.Start(decision, task, []);
    }

    /// <summary>Says whether the open turn only waits, and for which children.</summary>
    public static WaitsFound Waits(SessionState state) => state.Turn is not { } turn || !(turn.IsHeld || IsParked(state, withTasks: true))
        ? new WaitsFound(false, [])
        : new WaitsFound(true, [.. ChildrenOf(state)]);

    /// <summary>Returns the children that work for the open turn; none when there is no turn.</summary>
    public static IEnumerable<SessionId> ChildrenOf(SessionState state) => state.Turn is null ? [] : Tasks(state).Select(ChildOf);

    /// <summary>True if a call is a task that has its child.</summary>
    public static bool IsTaskUnderWay(ToolPart part) => part is { Tool: TaskTool.Name, State: ToolRunning { Metadata: not null } };

    private static SessionId ChildOf(ToolPart task) =>
        new(JsonSerializer.Deserialize(((ToolRunning)task.State).Metadata!.Value, TaskJson.Default.TaskMetadata)!.SessionId);

    private static IEnumerable<ToolPart> Tasks(SessionState state) =>
        state.Message(state.Turn!.Assistant)!.Parts.OfType<ToolPart>().Where(IsTaskUnderWay);
}
