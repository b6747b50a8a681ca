using OpenCode.Actors.Protocol.Parts;
using OpenCode.Actors.Sessions.Models;
using OpenCode.Actors.Sessions.Runs;
using OpenCode.Actors.Sessions.State;

namespace OpenCode.Actors.Sessions.Turns;

/// <summary>Turns that only wait for their user (rule "Waiting turns stay open").</summary>
internal static class Parking
{
    /// <summary>Tells whether the open turn only waits for its user: a request waits, and no tool has done anything that is not ended (rule "Waiting turns stay open").</summary>
    public static bool IsParked(SessionState state)
    {
        var waiting = WaitingCalls(state);
        return waiting.Count > 0 && state.Message(state.Turn!.Assistant)!.Parts
            .TrueForAll(part => part is not ToolPart { State: ToolPending or ToolRunning } tool || waiting.Contains(tool.CallId));
    }

    /// <summary>Gives the ids of the calls that wait for their user.</summary>
    public static HashSet<string?> WaitingCalls(SessionState state) =>
        state.Permissions.Select(request => request.Tool?.CallId).Concat(state.Questions.Select(request => request.Tool?.CallId)).ToHashSet(StringComparer.Ordinal);

    /// <summary>Lets a parked turn wait on, with a run that holds its place. What the model had not said yet when the server went down stays unsaid.</summary>
    public static void Park(Decision decision)
    {
        decision.CloseText();
        decision.Adopt(new RunId(decision.Setup.Entropy.NextUInt64()));
        if (decision.Turn.Stream is null)
            decision.Put(decision.Turn with { Stream = new StreamEnd(FinishReason.ToolCalls, TokenUsage.None) });
        decision.Orders.Add(new HoldRun(decision.Turn.Run));
    }
}
