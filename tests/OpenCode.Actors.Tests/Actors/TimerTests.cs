using OpenCode.Actors.TestKit;

namespace OpenCode.Actors.Tests.Actors;

/// <summary>ACTORS §6: timers and receive timeout.</summary>
public sealed class TimerTests : ActorKit
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private readonly List<(object Message, double At)> _seen = [];

    [Fact]
    public void A_single_timer_ticks_once_at_its_time()
    {
        var actor = SpawnRecorder();
        var isActive = (Before: false, After: true);
        actor.Do(a =>
        {
            a.Context.Timers.StartSingle("k", "tick", 2 * Second);
            isActive.Before = a.Context.Timers.IsActive("k");
        });
        Time.Advance(10 * Second);
        actor.Do(a => isActive.After = a.Context.Timers.IsActive("k"));
        RunDry();

        Assert.Equal([("tick", 2)], _seen);
        Assert.Equal((true, false), isActive);
    }

    [Fact]
    public void Starting_the_same_key_cancels_the_old_timer()
    {
        var actor = SpawnRecorder();
        actor.Do(a =>
        {
            a.Context.Timers.StartSingle("k", "old", Second);
            a.Context.Timers.StartSingle("k", "new", 3 * Second);
            a.Context.Timers.StartSingle("other", "other", 2 * Second);
        });
        Time.Advance(10 * Second);

        Assert.Equal([("other", 2), ("new", 3)], _seen);
    }

    [Fact]
    public async Task A_tick_of_the_old_generation_that_is_already_queued_is_not_seen()
    {
        var gate = new TaskCompletionSource();
        var actor = SpawnRecorder();
        actor.DoAsync(async a =>
        {
            a.Context.Timers.StartSingle("restarted", "old", Second);
            a.Context.Timers.StartSingle("cancelled", "old", Second);
            await gate.Task; // Both ticks come into the mailbox meanwhile.
            a.Context.Timers.StartSingle("restarted", "new", Second);
            a.Context.Timers.Cancel("cancelled");
        });
        Time.Advance(5 * Second);
        gate.SetResult();
        await RunDryAsync();
        Assert.Empty(_seen);

        Time.Advance(Second);
        Assert.Equal([("new", 6)], _seen);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task All_timers_are_cancelled_at_restart_and_stop(bool stop)
    {
        var actor = SpawnRecorder();
        actor.Do(a =>
        {
            a.Context.Timers.StartAtFixedRate("rate", "tick", Second);
            a.Context.Timers.StartWithFixedDelay("delay", "tick", Second);
        });
        await RunDryAsync();

        if (stop)
            System.Stop(actor);
        else
            actor.Do(_ => throw new InvalidOperationException());
        Time.Advance(10 * Second);

        Assert.Empty(_seen);
        Assert.Null(Time.NextTimer);
        Assert.Equal(0, System.DeadLetterCount);
    }

    [Fact]
    public async Task A_fixed_delay_counts_from_the_handling_and_a_fixed_rate_makes_up_for_missed_ticks()
    {
        var gate = new TaskCompletionSource();
        var actor = SpawnRecorder();
        actor.DoAsync(async a =>
        {
            a.Context.Timers.StartAtFixedRate("rate", "rate", Second);
            a.Context.Timers.StartWithFixedDelay("delay", "delay", Second);
            await gate.Task;
        });
        Time.Advance(TimeSpan.FromSeconds(3.5));
        gate.SetResult();
        await RunDryAsync();

        Assert.Equal(3, _seen.Count(s => s == ("rate", 3.5)));
        Assert.Equal(1, _seen.Count(s => s == ("delay", 3.5)));

        _seen.Clear();
        Time.Advance(TimeSpan.FromSeconds(1.5));
        Assert.Equal([("rate", 4), ("delay", 4.5), ("rate", 5)], _seen);
    }

    [Fact]
    public void A_tick_reaches_a_full_mailbox()
    {
        var actor = SpawnRecorder(MailboxOptions.Bounded(1));
        actor.Do(a => a.Context.Timers.StartSingle("k", "tick", Second));
        RunDry();

        Time.Settle = null; // Nobody runs when the timer fires.
        actor.Tell("fills it");
        Time.Advance(Second);
        RunDry();

        Assert.Equal([("fills it", 1), ("tick", 1)], _seen);
    }

    [Fact]
    public void A_receive_timeout_comes_once_after_the_silence_and_is_armed_again_by_a_message()
    {
        var actor = SpawnRecorder();
        actor.Do(a => a.Context.SetReceiveTimeout(3 * Second));
        Time.Advance(2 * Second);
        actor.Tell("m");
        Time.Advance(20 * Second);
        actor.Tell("n");
        Time.Advance(20 * Second);

        Assert.Equal([("m", 2), (ReceiveTimeout.Instance, 5), ("n", 22), (ReceiveTimeout.Instance, 25)], _seen);
    }

    [Fact]
    public void Messages_without_influence_do_not_reset_the_receive_timeout()
    {
        var actor = SpawnRecorder();
        actor.Do(a => a.Context.SetReceiveTimeout(3 * Second));
        Time.Advance(2 * Second);
        var noInfluence = new Ping();
        actor.Tell(noInfluence);
        Time.Advance(2 * Second);

        Assert.Equal([(noInfluence, 2), (ReceiveTimeout.Instance, 3)], _seen);
    }

    [Fact]
    public void A_receive_timeout_can_be_switched_off()
    {
        var actor = SpawnRecorder();
        actor.Do(a => a.Context.SetReceiveTimeout(Second));
        actor.Do(a => a.Context.SetReceiveTimeout(null));
        actor.Tell("m");
        Time.Advance(20 * Second);

        Assert.Equal([("m", 0)], _seen);
    }

    private IActorRef SpawnRecorder(MailboxOptions? mailbox = null) =>
        Spawn(TestActor.PropsFor((_, message) => _seen.Add((message, TimeSpan.FromTicks(Time.GetTimestamp()).TotalSeconds))).WithMailbox(mailbox ?? MailboxOptions.Default));

    private sealed record Ping : INoInfluence;
}
