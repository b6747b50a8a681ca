using OpenCode.Actors.EndToEnd.Harness;

namespace OpenCode.Actors.EndToEnd.Cluster.Faults;

/// <summary>A fault of a cluster, and how it is repaired.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Asked">How soon every session has to be writable again; null where no bound is asked for.</param>
/// <param name="LastsMs">Least and most time until it is repaired.</param>
/// <param name="BeginAsync">Makes it happen to a node, or to the database of all.</param>
/// <param name="EndAsync">Repairs it. A node that was declared dead meanwhile is started again afterwards.</param>
internal sealed record Fault(
    string Name, Asked? Asked, (int Least, int Most) LastsMs, Func<FaultyCluster, FaultyNode, Task> BeginAsync, Func<FaultyCluster, FaultyNode, Task> EndAsync)
{
    /// <summary>Nothing happens: what a write takes anyway, to compare the others with.</summary>
    public static Fault None { get; } = new("none", null, (3_000, 3_000), (_, _) => Task.CompletedTask, (_, _) => Task.CompletedTask);

    public static IReadOnlyList<Fault> All { get; } =
    [
        new("kill -9", Asked.AfterKill, (3_000, 4_000), (_, node) => node.KillAsync(), (_, node) => node.StartAsync()),
        new("kill -9 and start at once", Asked.AfterKill, (3_000, 4_000), KillAndStartAsync, (_, _) => Task.CompletedTask),
        new("graceful stop", new Asked(100, 300), (500, 1_500), (_, node) => node.StopAsync(), (_, node) => node.StartAsync()),
        new("freeze", Asked.AfterCut, (6_500, 8_000), (_, node) => Do(() => node.Process.Signal(Unix.Stop)), ThawAsync),
        new("cut from the database", Asked.AfterCut, (6_500, 8_000), (_, node) => node.ToDatabase.CutAsync(), (_, node) => node.ToDatabase.MendAsync()),
        new("silent database", Asked.AfterCut, (6_500, 8_000), (_, node) => Do(node.ToDatabase.Silence), (_, node) => node.ToDatabase.MendAsync()),
        new("cut from the other nodes", Asked.AfterCut, (6_500, 8_000), (cluster, node) => cluster.CutAsync(node), (cluster, _) => cluster.MendAsync()) { IsReachable = true },
        new("silence of the other nodes", Asked.AfterCut, (6_500, 8_000), (cluster, node) => Do(() => cluster.Silence(node)), (cluster, _) => cluster.MendAsync()) { IsReachable = true },
        new("cut in one direction", Asked.AfterCut, (6_500, 8_000), (_, node) => node.FromNodes.CutAsync(), (cluster, _) => cluster.MendAsync()) { IsReachable = true },
        new("cut from both", Asked.AfterCut, (6_500, 8_000), CutFromBothAsync, MendBothAsync),
        new("restart of the database", null, (3_000, 4_000), (cluster, _) => cluster.RestartDatabaseAsync(cluster.Database.StopAsync), (_, _) => Task.CompletedTask) { IsReachable = true },
        new("crash of the database", null, (3_000, 4_000), (cluster, _) => cluster.RestartDatabaseAsync(cluster.Database.CrashAsync), (_, _) => Task.CompletedTask) { IsReachable = true },
    ];

    /// <summary>Gets a value indicating whether clients still use the harmed node, as through a balancer that has no reason to leave it out.</summary>
    public bool IsReachable { get; private init; }

    private static async Task KillAndStartAsync(FaultyCluster cluster, FaultyNode node)
    {
        await node.KillAsync();
        await node.StartAsync();
    }

    // It was declared dead: it may do nothing but end.
    private static async Task ThawAsync(FaultyCluster cluster, FaultyNode node)
    {
        await Eventually.TrueAsync(async () => await cluster.MembersAsync() < cluster.Nodes.Count(static one => one.IsRunning), $"{node.Name}, which is frozen, to be declared dead");
        node.Process.Signal(Unix.Continue);
        await Eventually.TrueAsync(() => !node.IsRunning, $"{node.Name}, which was declared dead while it was frozen, to end");
    }

    private static async Task CutFromBothAsync(FaultyCluster cluster, FaultyNode node)
    {
        await node.ToDatabase.CutAsync();
        await cluster.CutAsync(node);
    }

    private static async Task MendBothAsync(FaultyCluster cluster, FaultyNode node)
    {
        await node.ToDatabase.MendAsync();
        await cluster.MendAsync();
    }

    private static Task Do(Action act)
    {
        act();
        return Task.CompletedTask;
    }
}

/// <summary>How long sessions may be unavailable.</summary>
/// <param name="MedianMs">Half of them at most.</param>
/// <param name="MostMs">99 of 100 at most.</param>
internal sealed record Asked(int MedianMs, int MostMs)
{
    public static Asked AfterKill { get; } = new(500, 2_000);

    public static Asked AfterCut { get; } = new(5_500, 5_500);
}
