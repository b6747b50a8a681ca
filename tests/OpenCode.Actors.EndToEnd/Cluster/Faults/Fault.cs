using OpenCode.Actors.EndToEnd.Harness;

namespace OpenCode.Actors.EndToEnd.Cluster.Faults;

/// <summary>What can happen to a cluster, and how it ends.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Asked">How soon every session has to be writable again (issue 3); null where nothing is asked for.</param>
/// <param name="LastsMs">Least and most time until it is put right again.</param>
/// <param name="BeginAsync">Lets it happen to a node, or to the database of all.</param>
/// <param name="EndAsync">Puts it right again.</param>
internal sealed record Fault(
    string Name, Asked? Asked, (int Least, int Most) LastsMs, Func<FaultyCluster, FaultyNode, Task> BeginAsync, Func<FaultyCluster, FaultyNode, Task> EndAsync)
{
    /// <summary>Nothing happens: what a write takes here anyway, beside which the others are to be read.</summary>
    public static Fault None { get; } = new("none", null, (3_000, 3_000), (_, _) => Task.CompletedTask, (_, _) => Task.CompletedTask);

    public static IReadOnlyList<Fault> All { get; } =
    [
        new("kill -9", new Asked(1_500, 1_500), (3_000, 4_000), (_, node) => node.KillAsync(), (_, node) => node.StartAsync()),
        new("graceful stop", new Asked(50, 250), (500, 1_500), (_, node) => node.StopAsync(), (_, node) => node.StartAsync()),
        new("freeze", Asked.AfterCut, (6_500, 8_000), (_, node) => Do(() => node.Process.Signal(Unix.Stop)), (_, node) => Do(() => node.Process.Signal(Unix.Continue))),
        new("cut from the database", Asked.AfterCut, (6_500, 8_000), (_, node) => node.ToDatabase.CutAsync(), (_, node) => node.ToDatabase.MendAsync()),
        new("silent database", Asked.AfterCut, (6_500, 8_000), (_, node) => Do(node.ToDatabase.Silence), (_, node) => node.ToDatabase.MendAsync()),
        new("cut from the other nodes", Asked.AfterCut, (6_500, 8_000), (_, node) => node.FromNodes.CutAsync(), (_, node) => node.FromNodes.MendAsync())
        {
            IsReachable = true,
        },
        new("silence of the other nodes", Asked.AfterCut, (6_500, 8_000), (_, node) => Do(node.FromNodes.Drop), (_, node) => node.FromNodes.MendAsync())
        {
            IsReachable = true,
        },
        new("restart of the database", null, (3_000, 4_000), (cluster, _) => cluster.RestartDatabaseAsync(cluster.Database.StopAsync), (_, _) => Task.CompletedTask)
        {
            IsReachable = true,
        },
        new("crash of the database", null, (3_000, 4_000), (cluster, _) => cluster.RestartDatabaseAsync(cluster.Database.CrashAsync), (_, _) => Task.CompletedTask)
        {
            IsReachable = true,
        },
    ];

    /// <summary>Gets a value indicating whether clients still reach the hurt node, as through a balancer that has no reason to leave it out.</summary>
    public bool IsReachable { get; private init; }

    private static Task Do(Action act)
    {
        act();
        return Task.CompletedTask;
    }
}

/// <summary>How long sessions may be out.</summary>
/// <param name="MedianMs">Half of them at most.</param>
/// <param name="MostMs">99 of 100 at most.</param>
internal sealed record Asked(int MedianMs, int MostMs)
{
    public static Asked AfterCut { get; } = new(6_000, 6_000);
}
