using System.Diagnostics;

namespace OpenCode.Actors.Tests.TestKit.Doors;

/// <summary>Waits for what other threads do, where the code under test goes on on the thread pool. The one real clock of the unit tests: it ends a test that hangs.</summary>
internal static class OtherThreads
{
    /// <summary>How long a test may wait for other threads before it counts as hung.</summary>
    public static readonly TimeSpan Hang = TimeSpan.FromSeconds(60);

    /// <summary>Awaits a task that must end.</summary>
    public static Task EndAsync(Task task) => task.WaitAsync(Hang);

    /// <inheritdoc cref="EndAsync(Task)"/>
    /// <typeparam name="T">The type of the result.</typeparam>
    public static Task<T> EndAsync<T>(Task<T> task) => task.WaitAsync(Hang);

    /// <summary>Does something again and again until the condition holds.</summary>
    /// <param name="condition">Looked at before each turn.</param>
    /// <param name="act">What to do: run the actors, move the clock.</param>
    /// <param name="limit">Real time after which it fails; 60 s by default.</param>
    public static async Task UntilAsync(Func<bool> condition, Action act, TimeSpan? limit = null)
    {
        var began = Stopwatch.GetTimestamp();
        while (!condition())
        {
            if (Stopwatch.GetElapsedTime(began) > (limit ?? Hang))
                throw new ExpectationException("The condition did not come true in time; no actor has anything to do.");
            await Task.Delay(1);
            act();
        }
    }

    /// <summary>Gives other threads a moment to end a task, on the thread of the test.</summary>
    /// <returns>Whether it has ended.</returns>
    public static bool HasEnded(Task task) => task.Wait(5);
}
