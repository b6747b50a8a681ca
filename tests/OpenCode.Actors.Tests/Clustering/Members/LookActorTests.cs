using OpenCode.Actors.Clustering.Members;
using OpenCode.Actors.Journal.Nodes;
using OpenCode.Actors.Sessions.Readiness;
using OpenCode.Actors.Tests.Journal.Memory;

namespace OpenCode.Actors.Tests.Clustering.Members;

public sealed class LookActorTests : ClusterKit
{
    private bool _arePeersSilent;
    private int _cutOffs;
    private int _resets;

    [Fact]
    public async Task The_rows_are_looked_at_at_least_every_500_ms()
    {
        await StartAsync();

        Time.Advance(TimeSpan.FromSeconds(10));

        Assert.InRange(Arbiter.Calls.Count(call => call == ArbiterCall.Look), 20, 30);
    }

    [Fact]
    public async Task A_node_that_is_not_admitted_yet_does_not_look_for_its_row()
    {
        Spawn(LookActor.PropsFor(Setup()));
        await RunDryAsync();
        Time.Advance(TimeSpan.FromSeconds(5));

        Assert.DoesNotContain(ArbiterCall.Look, Arbiter.Calls);
        Assert.Empty(Deaths);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_silent_arbiter_suspends_the_node_within_a_second_and_the_node_goes_on_when_it_is_back(bool frozen)
    {
        await StartAsync();

        Silence(frozen, true);
        Time.Advance(TimeSpan.FromMilliseconds(910));
        Assert.Equal(NodeState.Suspended, Standing.Now.State);

        Time.Advance(TimeSpan.FromSeconds(10));
        using var thaw = Time.CreateTimer(_ => Silence(frozen, false), null, TimeSpan.Zero, Timeout.InfiniteTimeSpan); // As a step: what is let go goes on in it.
        Time.Advance(TimeSpan.FromMilliseconds(200));

        Assert.Equal(NodeState.Ready, Standing.Now.State);
        Assert.Empty(Deaths);
    }

    [Fact]
    public async Task An_arbiter_that_is_away_for_a_moment_suspends_nobody()
    {
        await StartAsync();
        Time.Advance(TimeSpan.FromMilliseconds(390));

        Arbiter.SetAway(true);
        Time.Advance(TimeSpan.FromMilliseconds(300));
        Arbiter.SetAway(false);
        Time.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(NodeState.Ready, Standing.Now.State);
        Assert.DoesNotContain(Logs.Records, record => record.EventId == 7001);
    }

    [Fact]
    public async Task A_node_that_finds_its_own_row_dead_ends_within_half_a_second()
    {
        await StartAsync();
        var other = new MemoryArbiter(Rows, Time);
        await JoinAsync(other, Describe("n2", 2, 7002));

        Assert.Equal(Verdict.OtherIsDead, await other.DeclareDeadAsync(Describe("n1", 1, 7001).Identity, CancellationToken.None));
        Time.Advance(TimeSpan.FromMilliseconds(500));

        Assert.Single(Deaths);
        Assert.Equal(NodeState.Dead, Standing.Now.State);
    }

    [Fact]
    public async Task A_node_that_wants_to_know_does_not_wait_for_the_next_look()
    {
        await StartAsync();
        var before = Arbiter.Calls.Count;

        Standing.WantLook();
        RunDry();

        Assert.Equal(before + 1, Arbiter.Calls.Count);
    }

    [Fact]
    public async Task Running_tools_are_ended_when_the_database_and_all_peers_have_been_silent_for_5_s()
    {
        await StartAsync();
        Arbiter.SetAway(true);
        Time.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal(0, _cutOffs);

        _arePeersSilent = true;
        Time.Advance(TimeSpan.FromSeconds(20));

        Assert.Equal(1, _cutOffs);
        Assert.True(Standing.Now.IsCutOff);
    }

    [Fact]
    public async Task Streams_are_reset_and_none_is_opened_after_60_s_of_silence_until_the_arbiter_answers()
    {
        await StartAsync();
        Arbiter.SetAway(true);
        Time.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal((0, true), (_resets, Standing.Availability.Now.HasStreams));

        Time.Advance(TimeSpan.FromSeconds(1));
        Assert.NotEqual(0, _resets);
        Assert.False(Standing.Availability.Now.HasStreams);

        Arbiter.SetAway(false);
        Time.Advance(TimeSpan.FromMilliseconds(200));
        var resets = _resets;
        Assert.True(Standing.Availability.Now.HasStreams);
        Time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(resets, _resets);
    }

    private void Silence(bool frozen, bool isSilent)
    {
        if (!frozen)
            Arbiter.SetAway(isSilent);
        else if (isSilent)
            Arbiter.Freeze();
        else
            Arbiter.Thaw();
    }

    private async Task StartAsync()
    {
        await BecomeReadyAsync();
        Spawn(LookActor.PropsFor(Setup()));
        await RunDryAsync();
    }

    private LookSetup Setup() => new(Arbiter, Standing, static () => 0, () => _arePeersSilent, () => _cutOffs++, () => _resets++, Time, Logs);
}
