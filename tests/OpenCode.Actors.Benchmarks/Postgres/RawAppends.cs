using System.Diagnostics;

namespace OpenCode.Actors.Benchmarks.Postgres;

/// <summary>Batches in a closed loop on plain Npgsql; they are encoded beforehand.</summary>
internal sealed class RawAppends(RawWriter writer) : INodeWork
{
    public const string Kind = "append raw";

    public static async Task<RawAppends> OpenAsync(NodeTask task, string id)
    {
        var writer = await RawWriter.OpenAsync(task, id);
        await writer.AppendAsync(BenchmarkEvents.Encode(BenchmarkEvents.Make(0, task.Events)), task.Events); // Prepared, and warm.
        return new(writer);
    }

    public async Task<NodeAnswer> RunAsync(NodeTask task, long begin)
    {
        var body = BenchmarkEvents.Encode(BenchmarkEvents.Make(0, task.Events));
        var batches = 0L;
        for (; Stopwatch.GetElapsedTime(begin).TotalSeconds < task.Seconds; batches++)
            await writer.AppendAsync(body, task.Events);

        return new(batches * task.Events, batches, [], null);
    }

    public ValueTask DisposeAsync() => writer.DisposeAsync();
}
