using OpenCode.Actors.TestKit;

namespace OpenCode.Actors.Tests.Actors;

/// <summary>ACTORS §4: whoever is suspended by a failure is taken up again, once.</summary>
public sealed class SuspensionTests : SupervisionKit
{
    [Fact]
    public async Task Two_children_that_escalate_at_once_leave_nobody_suspended()
    {
        var children = new List<IActorRef>();
        var grandparent = Spawn(Props.Create(() => new TestActor { Supervision = new OneForOne(decider: _ => Directive.Resume) }));
        grandparent.Do(a => a.Context.ActorOf(Props.Create(() => new TestActor
        {
            OnPreStart = p =>
            {
                children.Add(p.Context.ActorOf(Counter()));
                children.Add(p.Context.ActorOf(Counter()));
                return ValueTask.CompletedTask;
            },
            Supervision = new OneForOne(decider: _ => Directive.Escalate),
        })));
        await RunDryAsync();

        children.ForEach(child => child.Tell("fail"));
        await RunDryAsync();

        foreach (var child in children)
            Assert.Equal(0, await AskAsync<int>(child, "read"));
    }

    /// <summary>Whatever fails in whatever order, nobody who lives stays suspended, and each suspension is taken back.</summary>
    [Theory]
    [InlineData(1, 300)]
    public async Task Suspensions_are_balanced_under_random_failures(ulong first, int seeds)
    {
        for (var seed = first; seed < first + (ulong)seeds; seed++)
        {
            using var kit = new SeededKit(seed);
            var random = new SeededEntropy(seed);
            var alive = new List<IActorRef>();
            Props Node(int depth) => Props.Create(() => new TestActor
            {
                OnPreStart = a =>
                {
                    alive.Add(a.Self);
                    for (var i = 0; depth > 0 && a.Context.Children.Count < 3; i++)
                        alive.Add(a.Context.ActorOf(Node(depth - 1)));
                    return ValueTask.CompletedTask;
                },
                OnPreRestart = (a, cause, message) => random.Next(2) == 0 ? ValueTask.CompletedTask : a.DefaultPreRestart(cause, message),
                OnReceive = async (a, message) =>
                {
                    if (random.Next(2) == 0)
                        await Task.Yield();
                    if (message is "fail")
                        throw new InvalidOperationException();
                    if (message is "ping")
                        a.Sender.Tell("alive", a.Self);
                },
                Supervision = new OneForOne(decider: _ => random.Next(10) switch { < 3 => Directive.Resume, < 6 => Directive.Restart, < 7 => Directive.Stop, _ => Directive.Escalate }),
            });
            kit.Spawn(Node(2));
            await kit.RunDryAsync();

            for (var step = 0; step < 20; step++)
            {
                alive[random.Next(alive.Count)].Tell("fail");
                if (random.Next(3) == 0)
                    await kit.RunDryAsync();
            }

            await kit.RunDryAsync();
            foreach (var actor in alive.Distinct().Cast<OpenCode.Actors.Cells.ActorCell>().Where(cell => !cell.IsTerminated))
            {
                var answer = actor.Ask<string>("ping", TimeSpan.FromSeconds(1));
                await kit.RunDryAsync();
                Assert.True(answer.IsCompletedSuccessfully, $"seed {seed}: {actor} does not answer");
            }
        }
    }
}
