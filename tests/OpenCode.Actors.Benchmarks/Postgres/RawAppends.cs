using System.Diagnostics;

namespace OpenCode.Actors.Benchmarks.Postgres;

/// <summary>Batches in a closed loop on plain Npgsql; they are encoded beforehand.</summary>
internal sealed class RawAppends(RawWriter writer, bool follows) : INodeWork
{
    /// <summary>Both statements of the product, in the one round trip.</summary>
    public const string Kind = "append raw";

    /// <summary>The statement that appends, alone.</summary>
    public const string WriteOnlyKind = "append raw, write only";

    public static async Task<RawAppends> OpenAsync(NodeTask task, string id)
    {
        var appends = new RawAppends(await RawWriter.OpenAsync(task, id), task.Kind == Kind);
        await appends.AppendAsync(BenchmarkEvents.Encode(BenchmarkEvents.Make(0, task.Events)), task.Events); // Prepared, and warm.
        return appends;
    }

    public async Task<NodeAnswer> RunAsync(NodeTask task, long begin)
    {
        var body = BenchmarkEvents.Encode(BenchmarkEvents.Make(0, task.Events));
        var batches = 0L;
        for (; Stopwatch.GetElapsedTime(begin).TotalSeconds < task.Seconds; batches++)
            await AppendAsync(body, task.Events);

        return new(batches * task.Events, batches, [], null);
    }

    public ValueTask DisposeAsync() => writer.DisposeAsync();

    private Task<long> AppendAsync(byte[] body, int entryCount) => writer.AppendAsync(body, entryCount, follows);
}
