using OpenCode.Actors.EndToEnd.Harness;

namespace OpenCode.Actors.EndToEnd.Cluster.Faults;

/// <summary>What can happen to one node, and how it ends.</summary>
/// <param name="Name">What it is.</param>
/// <param name="BeginAsync">Lets it happen.</param>
/// <param name="EndAsync">Puts it right again.</param>
internal sealed record Fault(string Name, Func<FaultyNode, Task> BeginAsync, Func<FaultyNode, Task> EndAsync)
{
    public const string Kill = "kill -9";
    public const string Stop = "graceful stop";
    public const string Freeze = "freeze";
    public const string CutOff = "cut from the database";

    public static IReadOnlyList<Fault> OfNodes { get; } =
    [
        new(Kill, node => node.KillAsync(), node => node.StartAsync()),
        new(Stop, node => node.StopAsync(), node => node.StartAsync()),
        new(Freeze, node => Do(() => node.Process.Signal(Unix.Stop)), node => Do(() => node.Process.Signal(Unix.Continue))),
        new(CutOff, node => node.ToDatabase.CutAsync(), node => node.ToDatabase.MendAsync()),
        new("silent database", node => Do(node.ToDatabase.Silence), node => node.ToDatabase.MendAsync()),
        new("cut from the other nodes", node => node.FromNodes.CutAsync(), node => node.FromNodes.MendAsync()),
    ];

    private static Task Do(Action act)
    {
        act();
        return Task.CompletedTask;
    }
}
