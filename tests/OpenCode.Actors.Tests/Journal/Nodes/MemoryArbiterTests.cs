using OpenCode.Actors.Journal.Nodes;
using OpenCode.Actors.Tests.Journal.Memory;
using OpenCode.Actors.Tests.Specifications;

namespace OpenCode.Actors.Tests.Journal.Nodes;

/// <summary>The faults that only the arbiter in memory has.</summary>
public sealed class MemoryArbiterTests() : ArbiterSpecification(new MemoryArbiterStore())
{
    private MemoryArbiterStore Memory => (MemoryArbiterStore)Store;

    [Fact]
    public async Task A_lost_question_did_nothing_and_a_lost_answer_is_of_something_that_happened()
    {
        var a = await UpAsync("a");
        var arbiter = (MemoryArbiter)a.Arbiter;

        arbiter.Fault = static _ => ArbiterFault.QuestionLost;
        await Assert.ThrowsAsync<ArbiterAwayException>(async () => await arbiter.ClaimAsync(1, default));
        Assert.Equal(0, Memory.Batches.Token(1));
        arbiter.Fault = static call => call == ArbiterCall.Claim ? ArbiterFault.AnswerLost : ArbiterFault.None;
        await Assert.ThrowsAsync<ArbiterAwayException>(async () => await arbiter.ClaimAsync(1, default));
        Assert.Equal(1, Memory.Batches.Token(1));

        Assert.Equal(NodeStatus.Up, await StatusAsync(a));
        Assert.Equal([ArbiterCall.Admit, ArbiterCall.ConfirmUp, ArbiterCall.Claim, ArbiterCall.Claim, ArbiterCall.Look], arbiter.Calls);
    }

    [Fact]
    public async Task A_slow_store_answers_after_its_time()
    {
        var a = await UpAsync("a");
        ((MemoryArbiter)a.Arbiter).Latency = TimeSpan.FromMilliseconds(400);

        var look = a.Arbiter.LookAsync(0, default).AsTask();
        Memory.Advance(TimeSpan.FromMilliseconds(399));
        Assert.False(look.IsCompleted);
        Memory.Advance(TimeSpan.FromMilliseconds(1));
        Assert.True(look.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task A_frozen_node_gets_no_answer_until_it_goes_on_and_its_verdict_comes_too_late()
    {
        var a = await UpAsync("a");
        var b = await UpAsync("b");
        b.Freeze();
        var late = b.Arbiter.DeclareDeadAsync(a.Identity, default).AsTask();
        await PassAsync(TimeSpan.FromSeconds(10));
        Assert.False(late.IsCompleted);

        await a.Arbiter.DeclareDeadAsync(b.Identity, default);
        b.Thaw();

        Assert.Equal(Verdict.ThisIsDead, await EndsAsync(late, "the late verdict"));
        Assert.Equal(NodeStatus.Up, await StatusAsync(a));
    }

    [Fact]
    public async Task What_a_frozen_node_asked_ends_in_the_call_that_lets_it_go_on_or_gives_it_up()
    {
        var a = await UpAsync("a");
        using var patience = new CancellationTokenSource();
        a.Freeze();
        var claim = a.Arbiter.ClaimAsync(4, default).AsTask();
        var givenUp = a.Arbiter.ClaimAsync(5, patience.Token).AsTask();

        CancelHere(patience);
        Assert.True(givenUp.IsCanceled);
        a.Thaw();
        Assert.True(claim.IsCompletedSuccessfully);

        // Not CancelAsync, which calls back on the pool.
        static void CancelHere(CancellationTokenSource source) => source.Cancel();
    }

    [Fact]
    public async Task A_store_that_is_away_for_all_takes_the_turn_from_the_joiner_and_nobodys_life()
    {
        var a = await UpAsync("a");
        var b = await NodeAsync("b");
        await EndsAsync(b.AdmitAsync(), "admission");
        Memory.Database.SetAway(true);
        await Assert.ThrowsAsync<ArbiterAwayException>(() => LookAsync(a));

        Memory.Database.SetAway(false);

        await EndsAsync(b.Arbiter.ConfirmUpAsync(default).AsTask(), "b being up");
        Assert.Equal([NodeStatus.Up, NodeStatus.Up], Memory.Database.Rows.Select(static r => r.Status));
    }

    [Fact]
    public async Task A_look_tells_of_a_new_config()
    {
        var a = await UpAsync("a");
        Assert.Equal(0, (await LookAsync(a)).ConfigVersion);

        var version = await Memory.Database.Config.TryReplaceAsync(0, "{\"a\": 1}"u8.ToArray(), default);

        Assert.Equal(version, (await LookAsync(a)).ConfigVersion);
    }
}
