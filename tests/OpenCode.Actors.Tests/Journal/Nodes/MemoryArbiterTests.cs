using OpenCode.Actors.Journal;
using OpenCode.Actors.Journal.Batches;
using OpenCode.Actors.Journal.Nodes;
using OpenCode.Actors.Tests.Journal.Memory;
using OpenCode.Actors.Tests.Specifications;
using OpenCode.Actors.Tests.TestKit;

namespace OpenCode.Actors.Tests.Journal.Nodes;

/// <summary>The suite on the arbiter in memory, and the faults that only that one has.</summary>
public sealed class MemoryArbiterTests : ArbiterSpecification
{
    private readonly VirtualTime _time = new();
    private readonly MemoryBatchDatabase _batches = new(TimeProvider.System);
    private readonly MemoryArbiterDatabase _database;

    public MemoryArbiterTests() => _database = new(_time, _batches);

    protected override TimeProvider Time => _time;

    [Fact]
    public async Task A_lost_question_did_nothing_and_a_lost_answer_is_of_something_that_happened()
    {
        var a = await UpAsync("a");
        var arbiter = (MemoryArbiter)a.Arbiter;

        arbiter.Fault = static _ => ArbiterFault.QuestionLost;
        await Assert.ThrowsAsync<ArbiterAwayException>(async () => await arbiter.ClaimAsync(1, default));
        Assert.Equal(0, _batches.Token(1));
        arbiter.Fault = static call => call == ArbiterCall.Claim ? ArbiterFault.AnswerLost : ArbiterFault.None;
        await Assert.ThrowsAsync<ArbiterAwayException>(async () => await arbiter.ClaimAsync(1, default));
        Assert.Equal(1, _batches.Token(1));

        Assert.Equal(NodeStatus.Up, await StatusAsync(a));
        Assert.Equal([ArbiterCall.Admit, ArbiterCall.ConfirmUp, ArbiterCall.Claim, ArbiterCall.Claim, ArbiterCall.Look], arbiter.Calls);
    }

    [Fact]
    public async Task A_slow_store_answers_after_its_time()
    {
        var a = await UpAsync("a");
        ((MemoryArbiter)a.Arbiter).Latency = TimeSpan.FromMilliseconds(400);
        var context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null); // So the call goes on inside Advance, not on the thread pool.
        try
        {
            var look = a.Arbiter.LookAsync(0, default).AsTask();
            _time.Advance(TimeSpan.FromMilliseconds(399));
            Assert.False(look.IsCompleted);
            _time.Advance(TimeSpan.FromMilliseconds(1));
            Assert.True(look.IsCompletedSuccessfully);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }
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
    public async Task A_store_that_is_away_for_all_takes_the_turn_from_the_joiner_and_nobodys_life()
    {
        var a = await UpAsync("a");
        var b = await NodeAsync("b");
        await EndsAsync(b.AdmitAsync(), "admission");
        _database.SetAway(true);
        await Assert.ThrowsAsync<ArbiterAwayException>(() => LookAsync(a));

        _database.SetAway(false);

        await EndsAsync(b.Arbiter.ConfirmUpAsync(default).AsTask(), "b being up");
        Assert.Equal([NodeStatus.Up, NodeStatus.Up], _database.Rows.Select(static r => r.Status));
    }

    [Fact]
    public async Task A_look_tells_of_a_new_config_G8()
    {
        var a = await UpAsync("a");
        Assert.Equal(0, (await LookAsync(a)).ConfigVersion);

        var version = await _database.Config.TryReplaceAsync(0, "{\"a\": 1}"u8.ToArray(), default);

        Assert.Equal(version, (await LookAsync(a)).ConfigVersion);
    }

    protected override Task<ArbiterNode> OpenAsync(NodeDescription description) => Task.FromResult<ArbiterNode>(new Node(description, new(_database, _time), _batches));

    protected override async Task EndsAsync(Task task, string what)
    {
        for (var steps = 0; !task.IsCompleted; steps++)
        {
            Assert.True(steps < 1_500, $"Not ended after 30 s: {what}");
            await PassAsync(TimeSpan.FromMilliseconds(20));
        }

        await task;
    }

    protected override async Task PassAsync(TimeSpan time)
    {
        for (var left = time; left > TimeSpan.Zero; left -= TimeSpan.FromMilliseconds(20))
        {
            _time.Advance(TimeSpan.FromMilliseconds(20));
            await Task.Yield();
        }
    }

    private sealed class Node(NodeDescription description, MemoryArbiter arbiter, MemoryBatchDatabase batches) : ArbiterNode(description, arbiter)
    {
        public override async Task<IJournal> OpenJournalAsync() =>
            await BatchJournal.OpenAsync(new MemoryBatchStore(batches, Description.ConnectionTag, TimeProvider.System), new(), TimeProvider.System);

        public override void SetAway(bool isAway) => arbiter.SetAway(isAway);

        public override void Freeze() => arbiter.Freeze();

        public override void Thaw() => arbiter.Thaw();

        public override ValueTask KillAsync() => Arbiter.DisposeAsync();
    }
}
