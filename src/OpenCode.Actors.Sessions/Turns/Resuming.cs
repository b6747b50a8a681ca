using OpenCode.Actors.Sessions.State;

namespace OpenCode.Actors.Sessions.Turns;

/// <summary>What becomes of the open turn of a session that was recovered.</summary>
internal static class Resuming
{
    /// <summary>Has a turn that was held go on, and one that waits for its user, or for tasks of its children, wait on. Any other is closed: nothing shows as running without a live run.</summary>
    /// <returns>Whether the turn goes on.</returns>
    public static bool Resume(Decision decision)
    {
        if (decision.Turn.IsHeld)
            Holding.Release(decision);
        else if (Parking.IsParked(decision.State, withTasks: true))
        {
            Parking.Park(decision);
            Parking.ResumeTasks(decision);
        }
        else
        {
            Closing.Close(decision, CloseCause.ServerStopped);
            return false;
        }

        return true;
    }
}
