using OpenCode.Actors.TestKit;

namespace OpenCode.Actors.Tests.Actors;

/// <summary>ACTORS §9: coordinated shutdown.</summary>
public sealed class CoordinatedShutdownTests : ActorKit
{
    private readonly List<string> _steps = [];

    [Fact]
    public async Task The_phases_run_in_order_and_the_actors_end_in_the_last()
    {
        Spawn(Props.Create(() => new TestActor
        {
            OnPostStop = _ =>
            {
                _steps.Add("actor");
                return ValueTask.CompletedTask;
            },
        }));
        await RunDryAsync();
        foreach (var phase in ShutdownPhases.InOrder.Reverse())
        {
            if (phase != ShutdownPhases.SystemTerminate)
                Add(phase, phase);
        }

        await RunUntilAsync(System.CoordinatedShutdown.RunAsync("test"));

        Assert.Equal([.. ShutdownPhases.InOrder.SkipLast(1), "actor"], _steps);
        Assert.True(System.WhenTerminated.IsCompleted);
    }

    [Fact]
    public async Task It_runs_once_and_everybody_gets_the_same_end()
    {
        Add(ShutdownPhases.ServiceStop, "once");

        var first = System.CoordinatedShutdown.RunAsync("signal");
        var second = System.CoordinatedShutdown.RunAsync("host");
        Add(ShutdownPhases.ServiceStop, "too late");
        await RunUntilAsync(first);

        Assert.Same(first, second);
        Assert.Equal(["once"], _steps);
    }

    [Fact]
    public async Task A_phase_that_fails_is_logged_and_the_next_runs()
    {
        System.CoordinatedShutdown.AddTask(ShutdownPhases.ServiceUnbind, "throws", _ => throw new NotSupportedException());
        System.CoordinatedShutdown.AddTask(ShutdownPhases.ServiceUnbind, "fails", _ => Task.FromException(new InvalidOperationException()));
        Add(ShutdownPhases.ServiceUnbind, "beside");
        Add(ShutdownPhases.ServiceStop, "next");

        await RunUntilAsync(System.CoordinatedShutdown.RunAsync("test"));

        Assert.Equal(["beside", "next"], _steps);
        Assert.Equal(2, Logs.Records.Count(r => r.EventId == 1021));
    }

    [Fact]
    public async Task It_takes_five_seconds_in_all_and_a_phase_gets_what_is_left()
    {
        var tokens = new List<CancellationToken>();
        System.CoordinatedShutdown.AddTask(ShutdownPhases.ServiceUnbind, "slow", token => Task.Delay(TimeSpan.FromSeconds(3), Time, token));
        System.CoordinatedShutdown.AddTask(ShutdownPhases.ServiceStop, "hangs", token =>
        {
            tokens.Add(token);
            return new TaskCompletionSource().Task;
        });
        Add(ShutdownPhases.BeforeSystemTerminate, "still runs");

        var end = System.CoordinatedShutdown.RunAsync("test");
        await MoveToAsync(3, () => tokens.Count == 1);
        Assert.Empty(_steps);
        await MoveToAsync(4.9, () => true);
        Assert.Empty(_steps);
        await MoveToAsync(5, () => _steps.Count == 1);
        await RunUntilAsync(end);

        Assert.Equal(["still runs"], _steps);
        Assert.True(tokens[0].IsCancellationRequested);
        Assert.Single(Logs.Records, r => r.EventId == 1022 && r.Message.Contains("hangs", StringComparison.Ordinal));

        async Task MoveToAsync(double seconds, Func<bool> until)
        {
            Time.Advance(TimeSpan.FromSeconds(seconds) - TimeSpan.FromTicks(Time.GetTimestamp()));
            await RunUntilAsync(until);
        }
    }

    [Fact]
    public void A_phase_that_does_not_exist_is_refused_with_the_list_of_those_that_do()
    {
        var failure = Assert.Throws<ArgumentException>(() => Add("last-words", "x"));

        Assert.Contains(ShutdownPhases.ServiceStop, failure.Message, StringComparison.Ordinal);
    }

    private void Add(string phase, string step) => System.CoordinatedShutdown.AddTask(phase, step, _ =>
    {
        _steps.Add(step);
        return Task.CompletedTask;
    });
}
