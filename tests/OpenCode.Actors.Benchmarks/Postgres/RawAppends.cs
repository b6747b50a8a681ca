using System.Diagnostics;

namespace OpenCode.Actors.Benchmarks.Postgres;

/// <summary>Batches in a closed loop on plain Npgsql; they are encoded beforehand. One that follows selects after each what others wrote before it.</summary>
internal sealed class RawAppends(RawWriter writer, RawFollower? follower) : INodeWork
{
    public const string Kind = "append raw";
    public const string FollowingKind = "append raw, following";

    public static async Task<RawAppends> OpenAsync(NodeTask task, string id)
    {
        var writer = await RawWriter.OpenAsync(task, id);
        var follower = task.Kind == FollowingKind ? await RawFollower.OpenAsync(writer.Connection) : null;
        var appends = new RawAppends(writer, follower);
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

    public async ValueTask DisposeAsync()
    {
        if (follower is not null)
            await follower.DisposeAsync();
        await writer.DisposeAsync();
    }

    private async ValueTask AppendAsync(byte[] body, int entryCount)
    {
        var end = await writer.AppendAsync(body, entryCount);
        if (follower is not null)
            await follower.ReadAsync(end - entryCount, end);
    }
}
