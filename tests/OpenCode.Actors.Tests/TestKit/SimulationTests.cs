using OpenCode.Actors.TestKit;
using OpenCode.Actors.Tests.Actors;

namespace OpenCode.Actors.Tests.TestKit;

/// <summary>ACTORS §10: one thread, all chance from one seed.</summary>
public sealed class SimulationTests
{
    [Fact]
    public void The_same_seed_twice_gives_the_same_trace()
    {
        for (var seed = 1UL; seed <= 20; seed++)
            Assert.True(Trace(seed).SequenceEqual(Trace(seed), StringComparer.Ordinal), $"seed {seed}");
    }

    [Fact]
    public void Another_seed_gives_another_order_of_turns() =>
        Assert.True(Enumerable.Range(1, 20).Select(seed => string.Join(' ', Trace((ulong)seed))).Distinct(StringComparer.Ordinal).Count() > 10);

    [Fact]
    public void Entropy_repeats_with_its_seed_and_fills_its_ranges()
    {
        var one = new SeededEntropy(42);
        var two = new SeededEntropy(42);
        Span<byte> bytes = stackalloc byte[13];
        Span<byte> same = stackalloc byte[13];
        one.Fill(bytes);
        two.Fill(same);
        Assert.True(bytes.SequenceEqual(same));
        Assert.Equal(one.NextUInt64(), two.NextUInt64());

        var drawn = new HashSet<int>();
        for (var i = 0; i < 1_000; i++)
        {
            Assert.InRange(one.NextDouble(), 0, 0.9999999999999999);
            drawn.Add(one.Next(5));
        }

        Assert.Equal([0, 1, 2, 3, 4], drawn.Order());
    }

    [Fact]
    public void An_actor_cannot_run_the_actors()
    {
        using var kit = new SeededKit(1);
        var actor = kit.Spawn(TestActor.PropsFor((_, _) => { }));
        actor.Do(_ => kit.RunDry());

        kit.ExpectLog<InvalidOperationException>(() => { });
    }

    private static List<string> Trace(ulong seed)
    {
        using var kit = new SeededKit(seed);
        var trace = new List<string>();
        var actors = new List<IActorRef>();
        for (var i = 0; i < 5; i++)
        {
            actors.Add(kit.Spawn(TestActor.PropsFor(async (a, message) =>
            {
                trace.Add($"{a.Self.Path.Name} {message}");
                if (a.Context.Entropy.Next(3) == 0)
                    await Task.Yield();
                if (a.Context.Entropy.Next(10) == 0)
                    throw new InvalidOperationException();
                if (message is int number and > 0)
                    actors[a.Context.Entropy.Next(actors.Count)].Tell(number - 1);
            })));
        }

        foreach (var actor in actors)
            actor.Tell(20);
        kit.RunDry();
        return trace;
    }
}
