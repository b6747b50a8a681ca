using OpenCode.Actors.Protocol.Parts;
using OpenCode.Actors.Sessions.Runs;
using OpenCode.Actors.Sessions.State;

namespace OpenCode.Actors.Sessions.Turns;

/// <summary>Holds turns that move to another node (rule "Running turns are not moved"): the session's next owner begins their work.</summary>
internal static class Holding
{
    /// <summary>Leaves what a decision on a turn of which nothing runs has begin to the next owner. Where a snapshot of the step is taken first, that is known only then.</summary>
    public static void HoldBack(Decision decision)
    {
        if (Begins(decision))
            Hold(decision);
        else if (decision.State.Turn is { IsTakingSnapshot: true } turn)
            decision.State = decision.State with { Turn = turn with { IsToHold = true } };
    }

    /// <summary>Holds the open turn, none of which runs: drops the orders of the decision and ends a run that waits for the user.</summary>
    public static void Hold(Decision decision)
    {
        var turn = decision.Turn;
        var granted = decision.Orders.OfType<StartTool>().SelectMany(order => Permitting.GrantedTo(decision, order.Call.CallId, order.Context.Allowed)).ToList();
        decision.Orders.RemoveAll(static order => order is not EndRun);
        decision.Orders.Add(new EndRun(turn.Run));
        decision.Put(turn with { Run = default, IsHeld = true, IsTakingSnapshot = false, IsToHold = false, Granted = [.. turn.Granted, .. granted] });
    }

    /// <summary>Resumes a held turn with a run of its own: starts the tools that may start, else calls the model. Requests that wait for the user keep waiting.</summary>
    public static void Release(Decision decision)
    {
        decision.Put(decision.Turn with { Run = new RunId(decision.Setup.Entropy.NextUInt64()), IsHeld = false });
        if (decision.Turn is { Kind: TurnKind.Prompt, Stream: null })
        {
            Titling.Begin(decision, decision.Turn.Asked); // Its order was dropped too.
            Stepping.AskModel(decision);
            return;
        }

        var waiting = Parking.WaitingCalls(decision.State);
        foreach (var part in decision.Assistant.Parts)
        {
            if (part is not ToolPart { State: ToolRunning } tool || waiting.Contains(tool.CallId))
                continue;

            // The user gave the command or the task; a task that has its child was judged when it began.
            if (decision.Turn.Kind is TurnKind.Shell or TurnKind.Subtask || Parking.IsTaskUnderWay(tool))
                ToolCalling.Start(decision, tool, allowed: []);
            else
                Permitting.Continue(decision, tool);
        }

        Stepping.Finish(decision);
        if (decision.State.Turn is { } turn && !Begins(decision))
            decision.Orders.Add(new HoldRun(turn.Run));
    }

    // A call of the model, or a tool.
    private static bool Begins(Decision decision) => decision.Orders.Exists(static order => order is BeginStep or StartTool);
}
