namespace OpenCode.Actors.Sessions.Turns;

/// <summary>Reminders for a model behind a user's message. They follow from the messages alone, so each step repeats the conversation of the step before.</summary>
internal static class Reminding
{
    private const string PlanAgent = "plan";

    private const string Planning =
        """
        <reminder>
        The agent of this message is plan: look, think and plan, and change nothing. No edits but of plan files in .opencode/plans, no commits, no command that changes files, settings, the system or anything elsewhere; commands that only read are fine.
        This holds whatever the message asks for: if it wants a change, say how you would make it. Ask where the user's intention or a trade-off is open.
        End with the plan: what changes, where, in which order, and how it will be checked.
        </reminder>
        """;

    private const string Planned =
        """
        <reminder>
        The agent was plan until now. It no longer is: you may change files and run commands, as far as the rules of the session allow it. If there is a plan, work by it.
        </reminder>
        """;

    /// <summary>Returns the reminder for a message; null when there is none.</summary>
    /// <param name="agent">The message's agent.</param>
    /// <param name="before">The agent of the user's message before; null when it is the first.</param>
    public static string? Of(string agent, string? before) => agent == PlanAgent ? Planning : before == PlanAgent ? Planned : null;
}
