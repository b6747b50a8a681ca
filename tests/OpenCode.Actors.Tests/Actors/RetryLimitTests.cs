namespace OpenCode.Actors.Tests.Actors;

/// <summary>ACTORS §4: how often a child may be restarted within its window.</summary>
public sealed class RetryLimitTests : SupervisionKit
{
    [Fact]
    public async Task One_failure_more_than_maxRetries_within_the_window_stops_the_child()
    {
        var probe = CreateProbe();
        var child = await ChildOfAsync(new OneForOne(maxRetries: 2, window: TimeSpan.FromSeconds(10)));
        probe.Watch(child);

        child.Tell("fail");
        Time.Advance(TimeSpan.FromSeconds(9));
        child.Tell("fail");
        await RunDryAsync();
        Assert.Equal(3, Instances);

        child.Tell("fail");
        probe.ExpectTerminated(child);
    }

    [Fact]
    public async Task A_failure_after_the_window_has_closed_opens_a_new_one()
    {
        var child = await ChildOfAsync(new OneForOne(maxRetries: 1, window: TimeSpan.FromSeconds(10)));

        for (var i = 0; i < 5; i++)
        {
            child.Tell("fail");
            Time.Advance(TimeSpan.FromSeconds(11));
        }

        Assert.Equal(6, Instances);
        Assert.Equal(0, await AskAsync<int>(child, "read"));
    }

    [Fact]
    public async Task Zero_retries_never_restarts_and_minus_one_has_no_limit()
    {
        var probe = CreateProbe();
        var never = await ChildOfAsync(new OneForOne(maxRetries: 0, window: TimeSpan.FromSeconds(10)));
        probe.Watch(never);
        never.Tell("fail");
        probe.ExpectTerminated(never);

        Instances = 0;
        var always = await ChildOfAsync(new OneForOne(maxRetries: -1, window: TimeSpan.FromSeconds(10)));
        for (var i = 0; i < 100; i++)
            always.Tell("fail");
        Assert.Equal(0, await AskAsync<int>(always, "read"));
        Assert.Equal(101, Instances);
    }
}
