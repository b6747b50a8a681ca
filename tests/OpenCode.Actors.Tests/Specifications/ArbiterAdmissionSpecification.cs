using OpenCode.Actors.Journal.Nodes;

namespace OpenCode.Actors.Tests.Specifications;

/// <summary>The admission of nodes, its order, and the end of a joiner that stops in the middle.</summary>
/// <param name="store">The store.</param>
public abstract class ArbiterAdmissionSpecification(ArbiterStore store) : ArbiterSpecification(store)
{
    [SkippableFact]
    public async Task The_first_node_finds_no_member_and_is_joining_until_it_says_that_it_is_up()
    {
        var a = await NodeAsync("a");

        var living = await EndsAsync(a.AdmitAsync(), "admission");

        Assert.Empty(living);
        Assert.Equal(NodeStatus.Joining, await StatusAsync(a));
        await a.Arbiter.ConfirmUpAsync(default);
        var look = await LookAsync(a);
        Assert.Equal(NodeStatus.Up, look.Mine);
        Assert.Equal(a.Description, Assert.Single(look.Living).Description);
    }

    [SkippableFact]
    public async Task A_later_node_finds_those_that_are_up()
    {
        var b = await UpAsync("b");
        var a = await UpAsync("a");
        var c = await NodeAsync("c");

        var living = await EndsAsync(c.AdmitAsync(), "admission");

        Assert.Equal([a.Description, b.Description], living.Select(static r => r.Description));
        Assert.All(living, static r => Assert.Equal(NodeStatus.Up, r.Status));
        Assert.Equal(["a", "b", "c"], Names((await LookAsync(a)).Living));
    }

    [SkippableFact]
    public async Task Of_two_that_join_at_once_one_forms_the_cluster_and_the_other_finds_it()
    {
        var a = await NodeAsync("a");
        var b = await NodeAsync("b");
        Task<IReadOnlyList<NodeRow>>[] joining = [a.AdmitAsync(), b.AdmitAsync()];

        await EndsAsync(Task.WhenAny(joining), "first admission");
        await PassAsync(TimeSpan.FromMilliseconds(300));
        var first = joining[0].IsCompleted ? a : b;
        var second = joining[first == a ? 1 : 0];
        Assert.False(second.IsCompleted);
        await first.Arbiter.ConfirmUpAsync(default);

        Assert.Empty(await joining[first == a ? 0 : 1]);
        Assert.Equal([first.Identity.Name], Names(await EndsAsync(second, "second admission")));
    }

    [SkippableFact]
    public async Task Of_many_that_join_at_once_each_finds_those_before_it()
    {
        var nodes = await Task.WhenAll(Enumerable.Range(0, 5).Select(i => NodeAsync($"n{i}")));

        var found = await EndsAsync(Task.WhenAll(nodes.Select(async node =>
        {
            var living = await node.AdmitAsync();
            await node.Arbiter.ConfirmUpAsync(default);
            return living.Count;
        })), "all admissions");

        Assert.Equal([0, 1, 2, 3, 4], found.Order());
    }

    [SkippableFact]
    public async Task A_joiner_that_dies_in_its_turn_holds_up_nobody()
    {
        var a = await NodeAsync("a");
        var b = await NodeAsync("b");
        await EndsAsync(a.AdmitAsync(), "admission of a");
        var joining = b.AdmitAsync();

        await a.KillAsync();

        Assert.Empty(await EndsAsync(joining, "admission of b"));
        Assert.Equal(["b"], Names((await LookAsync(b)).Living));
    }

    [SkippableFact]
    public async Task A_joiner_that_freezes_in_its_turn_holds_up_the_others_for_5_seconds_and_is_dead_then()
    {
        var a = await NodeAsync("a");
        var b = await NodeAsync("b");
        await EndsAsync(a.AdmitAsync(), "admission of a");
        a.Freeze();
        var frozen = Time.GetTimestamp();

        // Its port still takes connections: the system does that for it.
        Assert.Empty(await EndsAsync(b.AdmitAsync(), "admission of b"));

        var held = Time.GetElapsedTime(frozen);
        Assert.True(held >= TimeSpan.FromSeconds(3.5), $"It was held up for {held}.");
        Assert.True(held <= TimeSpan.FromSeconds(7) || Store.IsRealTime, $"It was held up for {held}.");
        await b.Arbiter.ConfirmUpAsync(default);
        a.Thaw();
        await Assert.ThrowsAsync<DeclaredDeadException>(() => UntilAnsweredAsync(a.Arbiter.ConfirmUpAsync));
        Assert.Equal(["b"], Names((await LookAsync(b)).Living));
    }

    [SkippableFact]
    public async Task A_joiner_whose_connection_breaks_takes_another_turn_if_no_node_joined_meanwhile()
    {
        var a = await NodeAsync("a");
        await EndsAsync(a.AdmitAsync(), "admission of a");
        a.SetAway(true);
        await Assert.ThrowsAsync<ArbiterAwayException>(() => EndsAsync(a.Arbiter.ConfirmUpAsync(default).AsTask(), "refusal"));
        a.SetAway(false);

        await UntilAnsweredAsync(a.Arbiter.ConfirmUpAsync);

        Assert.Equal(NodeStatus.Up, await StatusAsync(a));
        var b = await NodeAsync("b");
        Assert.Equal(["a"], Names(await EndsAsync(b.AdmitAsync(), "admission of b")));
    }

    [SkippableFact]
    public async Task To_be_admitted_again_and_to_say_again_that_it_is_up_does_no_harm()
    {
        var a = await NodeAsync("a");
        await EndsAsync(a.AdmitAsync(), "admission");

        Assert.Empty(await EndsAsync(a.AdmitAsync(), "admission again"));
        await a.Arbiter.ConfirmUpAsync(default);
        await a.Arbiter.ConfirmUpAsync(default);

        Assert.Equal(NodeStatus.Up, await StatusAsync(a));
        Assert.Single((await LookAsync(a)).Living);
    }

    [SkippableFact]
    public async Task Who_gives_up_its_turn_leaves_it_to_the_next()
    {
        using var stop = new CancellationTokenSource();
        var a = await NodeAsync("a");
        await UpAsync("up");
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var joining = a.Arbiter.AdmitAsync(
            a.Description,
            async (_, token) =>
            {
                asked.TrySetResult();
                await Task.Delay(Timeout.InfiniteTimeSpan, Time, token);
                return false;
            },
            stop.Token).AsTask();
        await EndsAsync(asked.Task, "probe");

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => EndsAsync(joining, "end of the joining"));
        var b = await NodeAsync("b");
        Assert.Equal(["up"], Names(await EndsAsync(b.AdmitAsync(), "admission of b")));
    }
}
