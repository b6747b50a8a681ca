namespace OpenCode.Actors.Tests.TestKit;

public sealed class VirtualTimeTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private readonly VirtualTime _time = new();
    private readonly List<string> _fired = [];

    [Fact]
    public async Task A_timer_that_another_thread_starts_is_waited_for()
    {
        var waiting = _time.HasTimerAsync();
        Assert.False(waiting.IsCompleted);

        await Task.Run(() => _time.CreateTimer(static _ => { }, null, Second, Timeout.InfiniteTimeSpan));

        await waiting;
        Assert.True(_time.HasTimerAsync().IsCompleted);
        _time.Advance(Second);
        Assert.False(_time.HasTimerAsync().IsCompleted);
    }

    [Fact]
    public void The_clock_stands_until_it_is_moved()
    {
        var before = _time.GetUtcNow();
        var timestamp = _time.GetTimestamp();

        _time.Advance(90 * Second);

        Assert.Equal(90 * Second, _time.GetUtcNow() - before);
        Assert.Equal(90 * Second, _time.GetElapsedTime(timestamp));
    }

    [Fact]
    public void Timers_fire_one_by_one_each_at_its_own_time_and_in_the_order_of_their_start_when_equal()
    {
        Start("b", 2);
        Start("a", 1);
        Start("b too", 2);
        Start("late", 10);

        _time.Advance(5 * Second);

        Assert.Equal(["a at 1", "b at 2", "b too at 2"], _fired);
        Assert.Equal(5 * Second, _time.NextTimer);
    }

    [Fact]
    public void A_timer_that_is_started_on_the_way_fires_on_the_way()
    {
        _ = _time.CreateTimer(_ => Start("second", 1), null, Second, Timeout.InfiniteTimeSpan);

        _time.Advance(5 * Second);

        Assert.Equal(["second at 2"], _fired);
    }

    [Fact]
    public void A_period_repeats_and_a_change_or_the_end_of_a_timer_takes_effect_at_once()
    {
        var timer = Start("tick", 1, 2);
        _time.Advance(5 * Second);
        Assert.Equal(["tick at 1", "tick at 3", "tick at 5"], _fired);

        timer.Change(4 * Second, Timeout.InfiniteTimeSpan);
        _time.Advance(20 * Second);
        Assert.Equal("tick at 9", _fired[^1]);
        Assert.Equal(4, _fired.Count);

        timer.Change(Second, Timeout.InfiniteTimeSpan);
        timer.Dispose();
        _time.Advance(20 * Second);
        Assert.Equal(4, _fired.Count);
        Assert.False(timer.Change(Second, Second));
    }

    [Fact]
    public async Task Delays_and_timeouts_of_the_framework_follow_it()
    {
        var delay = Task.Delay(3 * Second, _time);
        using var cancellation = new CancellationTokenSource(4 * Second, _time);
        var timeout = new TaskCompletionSource().Task.WaitAsync(5 * Second, _time);

        _time.Advance(3 * Second);
        await delay;
        Assert.False(cancellation.IsCancellationRequested);
        _time.Advance(Second);
        Assert.True(cancellation.IsCancellationRequested);
        _time.Advance(Second);
        await Assert.ThrowsAsync<TimeoutException>(() => timeout);
    }

    private ITimer Start(string name, int due, int? period = null) => _time.CreateTimer(
        _ => _fired.Add($"{name} at {TimeSpan.FromTicks(_time.GetTimestamp()).TotalSeconds}"),
        null,
        due * Second,
        period is { } seconds ? seconds * Second : Timeout.InfiniteTimeSpan);
}
