using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using OpenCode.Actors.Journal;

namespace OpenCode.Actors.Benchmarks.Postgres;

/// <summary>A process of the benchmark as its parent sees it: prepares a task, begins it on a signal, answers with one line of JSON. It ends with its parent's end of the pipe.</summary>
internal sealed class NodeProcess : IAsyncDisposable
{
    public const string Verb = "postgres-node";
    public const string Ready = "ready";

    private readonly Process _process;

    private NodeProcess(Process process) => _process = process;

    public static NodeProcess Start(string name)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(NodeProcess).Assembly.Location, Verb, name]) { RedirectStandardInput = true, RedirectStandardOutput = true, UseShellExecute = false };
        return new(Process.Start(start)!);
    }

    /// <summary>Has all prepare their tasks, and then begin at the same moment.</summary>
    /// <returns>Their answers.</returns>
    public static async Task<NodeAnswer[]> RunAsync(params (NodeProcess Node, NodeTask Task)[] tasks)
    {
        foreach (var (node, task) in tasks)
        {
            await node._process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(task));
            if (await node.LineAsync() is not Ready and var line)
                throw new InvalidOperationException($"A process of the benchmark is not ready for {task}: {line}");
        }

        // All read the same monotonic clock; the pipes have time to pass it on.
        var begin = (Stopwatch.GetTimestamp() + (Stopwatch.Frequency / 5)).ToString(CultureInfo.InvariantCulture);
        foreach (var (node, _) in tasks)
            await node._process.StandardInput.WriteLineAsync(begin);
        return await Task.WhenAll(tasks.Select(async t => JsonSerializer.Deserialize<NodeAnswer>(await t.Node.LineAsync())!));
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private async Task<string> LineAsync() =>
        await _process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("A process of the benchmark has ended; what it wrote stands above.");
}

/// <summary>What a process is to do.</summary>
/// <param name="Kind">One of <see cref="NodeProgram"/>.</param>
/// <param name="Target">A connection string, or the address of a server.</param>
/// <param name="Seconds">For how long.</param>
/// <param name="Events">Events a batch, or events in all.</param>
/// <param name="Shard">The shard that it claims to own, where no coordinator places shards.</param>
internal sealed record NodeTask(string Kind, string Target, double Seconds, int Events, int? Shard = null)
{
    public Fence[] Fences => Shard is { } shard ? [new(shard, 0)] : [];
}

/// <summary>What came of it.</summary>
/// <param name="Events">Events that were answered, or received.</param>
/// <param name="Batches">Batches that were written, where that is counted.</param>
/// <param name="Milliseconds">From stamp to arrival, sorted; without those of the first part, while everything becomes warm.</param>
/// <param name="Fault">What must not be: an event that is missing, came twice or out of order.</param>
internal sealed record NodeAnswer(long Events, long Batches, double[] Milliseconds, string? Fault)
{
    public double At(double part) => Milliseconds.Length == 0 ? double.NaN : Milliseconds[(int)((Milliseconds.Length - 1) * part)];
}
