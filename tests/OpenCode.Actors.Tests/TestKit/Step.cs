namespace OpenCode.Actors.Tests.TestKit;

/// <summary>One thing that a <see cref="SeededSystem"/> can do next.</summary>
/// <param name="What">What it is, for the trace; the same in every process.</param>
/// <param name="Run">Does it.</param>
internal readonly record struct Step(string What, Action Run)
{
    /// <summary>Gets the place of the step among those that are ready: the number of its mailbox, or a number above all mailboxes.</summary>
    public long Key { get; init; }

    /// <summary>Gets a value indicating whether it runs without a task scheduler, as a completion of the world outside does.</summary>
    public bool IsOutside { get; init; }
}
