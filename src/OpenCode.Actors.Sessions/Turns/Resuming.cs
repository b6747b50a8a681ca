using OpenCode.Actors.Sessions.State;

namespace OpenCode.Actors.Sessions.Turns;

/// <summary>Resumes or closes the open turn of a recovered session.</summary>
internal static class Resuming
{
    /// <summary>Resumes a held turn, and one that waits for its user or for tasks of its children. Closes any other: nothing shows as running without a live run.</summary>
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
