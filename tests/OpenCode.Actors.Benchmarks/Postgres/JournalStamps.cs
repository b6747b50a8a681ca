namespace OpenCode.Actors.Benchmarks.Postgres;

/// <summary>Stamped events into the journal of a node, at a rate.</summary>
internal sealed class JournalStamps(JournalNode node) : INodeWork
{
    public const string Kind = "stamp journal";

    public static async Task<JournalStamps> OpenAsync(NodeTask task, string id) => new(await JournalNode.OpenAsync(task, id));

    public async Task<NodeAnswer> RunAsync(NodeTask task, long begin)
    {
        var appends = new List<Task>();
        await Pace.RunAsync(task, begin, (first, count) => appends.Add(node.AppendAsync(BenchmarkEvents.Make(first, count)).AsTask()));
        await Task.WhenAll(appends);
        return new(task.Events, appends.Count, [], null);
    }

    public ValueTask DisposeAsync() => node.DisposeAsync();
}
