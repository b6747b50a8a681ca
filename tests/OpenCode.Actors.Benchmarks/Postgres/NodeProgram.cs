using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace OpenCode.Actors.Benchmarks.Postgres;

/// <summary>What runs in each process of the benchmark.</summary>
internal static class NodeProgram
{
    public static async Task<int> RunAsync(string name)
    {
        for (var number = 1; await Console.In.ReadLineAsync() is { } line; number++)
        {
            var task = JsonSerializer.Deserialize<NodeTask>(line)!;
            await using var work = await PrepareAsync(task, $"{name}-{number}");
            Console.WriteLine(NodeProcess.Ready);
            var begin = long.Parse((await Console.In.ReadLineAsync())!, CultureInfo.InvariantCulture);
            await Task.Delay(TimeSpan.FromSeconds(Math.Max(0, begin - Stopwatch.GetTimestamp()) / (double)Stopwatch.Frequency));
            Console.WriteLine(JsonSerializer.Serialize(await work.RunAsync(task, begin)));
        }

        return 0;
    }

    private static async Task<INodeWork> PrepareAsync(NodeTask task, string id) => task.Kind switch
    {
        JournalAppends.Kind => await JournalAppends.OpenAsync(task, id),
        RawAppends.Kind or RawAppends.WriteOnlyKind => await RawAppends.OpenAsync(task, id),
        JournalStamps.Kind => await JournalStamps.OpenAsync(task, id),
        RawStamps.Kind => await RawStamps.OpenAsync(task, id),
        StreamArrivals.Kind => await StreamArrivals.OpenAsync(task),
        RawArrivals.Kind => await RawArrivals.OpenAsync(task, id),
        _ => throw new ArgumentException($"No task '{task.Kind}'.", nameof(task)),
    };
}

/// <summary>A task that is prepared.</summary>
internal interface INodeWork : IAsyncDisposable
{
    /// <summary>Does it.</summary>
    /// <param name="task">What was prepared.</param>
    /// <param name="begin">When it begins, in ticks of the stopwatch.</param>
    Task<NodeAnswer> RunAsync(NodeTask task, long begin);
}
