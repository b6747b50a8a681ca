namespace OpenCode.Actors.Tests.Actors;

/// <summary>ACTORS §3: an instance is made, started and stopped once.</summary>
public sealed class LifecycleTests : LifecycleKit
{
    [Fact]
    public void An_actor_is_made_and_started_once_before_its_first_message()
    {
        var actor = Spawn(Recorded());
        actor.Tell("message");
        RunDry();

        Assert.Equal(["new 1", "PreStart 1", "message 1"], Steps);
    }

    [Fact]
    public void The_context_is_not_there_in_the_constructor()
    {
        var failure = ExpectLog<ActorInitializationException>(() => Spawn(Props.Create(() => new AsksInConstructor())));

        Assert.Contains("PreStartAsync", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sound")]
    [InlineData("PreStart throws")]
    [InlineData("restarted")]
    [InlineData("PostRestart throws")]
    [InlineData("stopped while it restarts")]
    public async Task PostStop_runs_exactly_once_per_instance_whose_constructor_ended(string life)
    {
        var instances = 0;
        var stops = new Dictionary<int, int>();
        var gate = new TaskCompletionSource();
        var actor = Spawn(Props.Create(() =>
        {
            var number = ++instances;
            stops[number] = 0;
            return new TestActor
            {
                OnReceive = Fail,
                OnPreStart = _ => life == "PreStart throws" || (life == "PostRestart throws" && number == 2)
                    ? throw new NotSupportedException()
                    : ValueTask.CompletedTask,
                OnPreRestart = async (a, cause, message) =>
                {
                    if (life == "stopped while it restarts")
                        await gate.Task;
                    await a.DefaultPreRestart(cause, message);
                },
                OnPostStop = _ =>
                {
                    stops[number]++;
                    return ValueTask.CompletedTask;
                },
            };
        }));
        if (life is "restarted" or "PostRestart throws" or "stopped while it restarts")
            actor.Tell("fail");
        await RunDryAsync();
        System.Stop(actor);
        gate.SetResult();
        await RunDryAsync();

        Assert.Equal(life is "restarted" or "PostRestart throws" ? 2 : 1, stops.Count);
        Assert.All(stops.Values, count => Assert.Equal(1, count));
    }

    private sealed class AsksInConstructor : Actor
    {
        public AsksInConstructor() => Context.Watch(Self);

        protected override ValueTask ReceiveAsync(object message) => Unhandled(message);
    }
}
