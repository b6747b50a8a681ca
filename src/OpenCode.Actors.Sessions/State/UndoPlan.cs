using OpenCode.Actors.Sessions.Snapshots;

namespace OpenCode.Actors.Sessions.State;

/// <summary>Messages to undo or bring back, with the files to restore.</summary>
/// <param name="Message">The first message that is undone; null to bring all back.</param>
/// <param name="Part">The first part that is, if not the whole message.</param>
/// <param name="Snapshot">The snapshot of the files before anything was undone; null when there is none so far.</param>
/// <param name="Undone">The steps that are undone.</param>
/// <param name="Before">The steps that were undone before.</param>
/// <param name="Since">When the first step began that is undone and may have changed files; null when none did.</param>
internal sealed record UndoPlan(string? Message, string? Part, string? Snapshot, IReadOnlyList<StepChange> Undone, IReadOnlyList<StepChange> Before, long? Since = null)
{
    /// <summary>Gets a value indicating whether files are to be restored, or looked for.</summary>
    public bool HasFiles => Undone.Count > 0 || Before.Count > 0 || Since is not null;
}

/// <summary>The changes of a decision to an undo whose files are being restored.</summary>
internal static class UndoNote
{
    /// <summary>Stores the plan: if the server ends before the files are restored, its next start restores them.</summary>
    public static void Begin(this Decision decision, UndoPlan plan)
    {
        decision.State = decision.State with { Undo = plan };
        decision.Put(Rows.Turn, Rows.Undo, plan, RowJson.Default.UndoPlan);
        decision.Orders.Add(new RestoreFiles(plan));
    }

    /// <summary>Removes the plan.</summary>
    public static void EndUndo(this Decision decision)
    {
        if (decision.State.Undo is null)
            return;

        decision.State = decision.State with { Undo = null };
        decision.Drop(Rows.Turn, Rows.Undo);
    }
}
