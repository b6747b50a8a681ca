using System.Diagnostics;

namespace OpenCode.Actors.Benchmarks.Postgres;

/// <summary>An open loop: events become due at a rate, whatever happens to those before.</summary>
internal static class Pace
{
    /// <summary>Returns the events as they become due, about every millisecond, until all were given.</summary>
    /// <param name="task">How many, in which time.</param>
    /// <param name="begin">When the first is due, in ticks of the stopwatch.</param>
    /// <param name="send">Takes the first number and the count. Must not wait.</param>
    public static Task RunAsync(NodeTask task, long begin, Action<int, int> send) => Task.Factory.StartNew(
        () =>
        {
            for (var sent = 0; sent < task.Events;)
            {
                var due = (int)Math.Min(task.Events, Stopwatch.GetElapsedTime(begin).TotalSeconds / task.Seconds * task.Events);
                if (due > sent)
                {
                    send(sent, due - sent);
                    sent = due;
                }

                Thread.Sleep(1);
            }
        },
        CancellationToken.None,
        TaskCreationOptions.LongRunning,
        TaskScheduler.Default);
}
