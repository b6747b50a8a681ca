using OpenCode.Actors.Clustering.Looks;
using OpenCode.Actors.Clustering.Memory;
using OpenCode.Actors.TestKit;

namespace OpenCode.Actors.Tests.Clustering;

/// <summary>
/// Five minutes of faults from a seed, on up to five nodes, with the scheduling of actors from the seed too. After every step: one owner for each shard, tokens only grow.
/// When the faults end, every shard is served within 6 s (after the grace, where the database or a connection to it was lost) and the load is even within a minute.
/// </summary>
public sealed class RandomFaultsTests
{
    private static readonly string[] Names = ["a", "b", "c", "d", "e"];

    public static TheoryData<ulong> Seeds { get; } = [.. Enumerable.Range(1, 12).Select(seed => (ulong)seed)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void One_owner_at_every_moment_and_all_shards_served_when_the_faults_end(ulong seed)
    {
        var trace = Run(seed);

        Assert.Equal(trace, Run(seed)); // The same seed is the same run.
    }

    /// <summary>Runs a seed; returns what became of the shards.</summary>
    private static string Run(ulong seed)
    {
        try
        {
            using var kit = new ClusterKit(seed);
            var random = new SeededEntropy(seed);
            var tokens = new long[64];
            kit.Start("a", TimeSpan.FromHours(1));
            kit.Start("b");
            kit.Start("c", TimeSpan.FromHours(-1));
            kit.Advance(15);

            var isAway = false;
            for (var step = 0; step < 100; step++)
            {
                isAway = Fault(kit, random, isAway);
                kit.Advance(random.NextDouble() * 6);
                AssertTokensGrow(kit, tokens);
            }

            Heal(kit, isAway);
            kit.AdvanceUntil(kit.AreAllServed, 10 + 6);
            kit.Advance(60);
            AssertTokensGrow(kit, tokens);
            kit.AssertServed();
            kit.AssertEven();
            return string.Join(' ', kit.Database.Shards);
        }
        catch (Exception exception) when (exception is not ExpectationException)
        {
            throw new ExpectationException($"Seed {seed}: {exception}");
        }
    }

    private static bool Fault(ClusterKit kit, SeededEntropy random, bool isAway)
    {
        var nodes = kit.Nodes.ToList();
        var node = nodes[random.Next(nodes.Count)];
        var membership = node.Membership;
        switch (random.Next(12))
        {
            case 0 when nodes.Count > 2:
                node.Kill();
                break;
            case 1 when nodes.Count > 2:
                node.LoseMachine();
                break;
            case 2:
                node.IsFrozen = !node.IsFrozen;
                break;
            case 3 or 4:
                membership.Link = (LinkState)random.Next(3);
                break;
            case 5:
                membership.AnswersUnknown = random.Next(4);
                break;
            case 6:
                membership.Latency = TimeSpan.FromMilliseconds(random.Next(1_200));
                break;
            case 7:
                membership.LosesHints = !membership.LosesHints;
                break;
            case 8 when isAway:
                kit.Database.ComeBack();
                return false;
            case 8:
                kit.Database.GoAway();
                return true;
            case 9 when !isAway:
                kit.Database.Restart();
                break;
            case 10:
                node.Host.Faults = random.Next(3);
                node.Host.Busy.Clear();
                node.Host.Busy.UnionWith(Enumerable.Range(0, 64).Where(_ => random.Next(4) == 0));
                break;
            default:
                var name = Names[random.Next(Names.Length)];
                if (nodes.All(present => present.Name != name))
                    kit.Start(name);
                break;
        }

        return isAway;
    }

    private static void Heal(ClusterKit kit, bool isAway)
    {
        if (isAway)
            kit.Database.ComeBack();
        foreach (var node in kit.Nodes)
        {
            node.IsFrozen = false;
            node.Host.Faults = 0;
            node.Host.Busy.Clear();
            node.Membership.Link = LinkState.Whole;
            node.Membership.AnswersUnknown = 0;
            node.Membership.Latency = TimeSpan.Zero;
            node.Membership.LosesHints = false;
            kit.Network.Set(new Uri($"http://{node.Name}:4096"), Reach.Accepted);
        }
    }

    private static void AssertTokensGrow(ClusterKit kit, long[] tokens)
    {
        foreach (var row in kit.Database.Shards)
        {
            Assert.True(row.Token >= tokens[row.Shard], $"The token of shard {row.Shard} went from {tokens[row.Shard]} to {row.Token}.");
            tokens[row.Shard] = row.Token;
        }
    }
}
