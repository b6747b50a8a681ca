using System.Diagnostics;
using OpenCode.Actors.Journal;

namespace OpenCode.Actors.Benchmarks.Postgres;

/// <summary>Appends in a closed loop on the journal of a node: one producer of whole batches, or many producers of one event each, which the journal makes batches of.</summary>
internal sealed class JournalAppends(JournalNode node) : INodeWork
{
    public const string Kind = "append journal";

    public static async Task<JournalAppends> OpenAsync(NodeTask task, string id)
    {
        var node = await JournalNode.OpenAsync(task, id);
        await node.AppendAsync(BenchmarkEvents.Make(0, Math.Abs(task.Events)));
        return new(node);
    }

    /// <summary>Appends; a negative number of events stands for so many producers of one event.</summary>
    public async Task<NodeAnswer> RunAsync(NodeTask task, long begin)
    {
        var (producers, events) = task.Events < 0 ? (-task.Events, 1) : (1, task.Events);
        var counts = await Task.WhenAll(Enumerable.Range(0, producers).Select(_ => Task.Run(() => ProduceAsync(BenchmarkEvents.Make(0, events), task.Seconds, begin))));
        return new(counts.Sum() * events, counts.Sum(), [], null);
    }

    public ValueTask DisposeAsync() => node.DisposeAsync();

    private async Task<long> ProduceAsync(EntryDraft[] events, double seconds, long begin)
    {
        var count = 0L;
        for (; Stopwatch.GetElapsedTime(begin).TotalSeconds < seconds; count++)
            await node.AppendAsync(events);
        return count;
    }
}
