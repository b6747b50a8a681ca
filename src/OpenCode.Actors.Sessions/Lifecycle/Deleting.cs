using OpenCode.Actors.Sessions.State;
using OpenCode.Actors.Sessions.Turns;

namespace OpenCode.Actors.Sessions.Lifecycle;

/// <summary>Deletes sessions. One is closed first, with no run and no new children, then its children are deleted, then it is (rule "Close the parent first").</summary>
internal static class Deleting
{
    /// <summary>Decides the begin of a deletion. No run is left.</summary>
    public static Outcome Begin(Decision decision)
    {
        CloseTurn(decision);
        decision.Orders.Add(new EndBackground());
        decision.BeginDeletion();
        return new Outcome(OutcomeKind.DeleteBegun);
    }

    /// <summary>Decides a deletion. No run is left.</summary>
    /// <param name="decision">The decision.</param>
    /// <param name="name">The name of the command; null leaves no tombstone.</param>
    public static Outcome Decide(Decision decision, string? name)
    {
        CloseTurn(decision);
        decision.Orders.Add(new EndBackground());
        decision.Delete(name);
        return new Outcome(OutcomeKind.Deleted);
    }

    private static void CloseTurn(Decision decision)
    {
        if (decision.State.Turn is not null)
            Closing.Close(decision, CloseCause.Aborted);
    }
}
