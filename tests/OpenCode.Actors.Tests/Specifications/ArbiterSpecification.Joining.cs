using OpenCode.Actors.Journal.Nodes;

namespace OpenCode.Actors.Tests.Specifications;

public abstract partial class ArbiterSpecification
{
    [SkippableFact]
    public async Task The_first_node_finds_nobody_and_is_joining_until_it_says_that_it_is_up()
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
    public async Task Of_two_that_join_at_once_one_forms_the_cluster_and_the_other_finds_it_F5()
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
    public async Task A_joiner_that_dies_in_its_turn_holds_up_nobody_F5()
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
    public async Task A_joiner_that_freezes_in_its_turn_holds_up_the_others_for_5_seconds_and_is_dead_then_F5()
    {
        var a = await NodeAsync("a");
        var b = await NodeAsync("b");
        await EndsAsync(a.AdmitAsync(), "admission of a");
        a.Freeze();
        var frozen = Time.GetTimestamp();

        // Its port still takes connections: the system does that for it.
        Assert.Empty(await EndsAsync(b.AdmitAsync(), "admission of b"));

        Assert.InRange(Time.GetElapsedTime(frozen), TimeSpan.FromSeconds(3.5), TimeSpan.FromSeconds(7));
        await b.Arbiter.ConfirmUpAsync(default);
        a.Thaw();
        await Assert.ThrowsAsync<DeclaredDeadException>(() => UntilAnsweredAsync(a.Arbiter.ConfirmUpAsync));
        Assert.Equal(["b"], Names((await LookAsync(b)).Living));
    }

    [SkippableFact]
    public async Task A_joiner_whose_connection_breaks_takes_another_turn_if_nobody_joined_meanwhile()
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
    public async Task The_name_of_a_node_that_lives_is_refused()
    {
        var a = await UpAsync("a");
        var other = await NodeAsync("a", "akka.ssl.tcp://opencode@elsewhere:7096");

        var message = await RefusedAsync(other);

        Assert.Contains("'a' is in use", message, StringComparison.Ordinal);
        Assert.Contains(a.Identity.Address, message, StringComparison.Ordinal);
        Assert.Contains("--node NAME", message, StringComparison.Ordinal);
        Assert.Equal(NodeStatus.Up, await StatusAsync(a));
    }

    [SkippableFact]
    public async Task The_name_of_a_node_that_lost_its_lock_but_answers_is_refused()
    {
        var a = await UpAsync("a");
        await a.KillAsync();
        var other = await NodeAsync("a", "akka.ssl.tcp://opencode@elsewhere:7096");

        Assert.Contains("'a' is in use", await RefusedAsync(other), StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task The_name_of_a_node_that_is_no_more_is_free()
    {
        var a = await UpAsync("a");
        await a.KillAsync();
        var next = await NodeAsync("a", "akka.ssl.tcp://opencode@elsewhere:7096");
        next.IsGone = static _ => true;

        Assert.Empty(await EndsAsync(next.AdmitAsync(), "admission"));
        await next.Arbiter.ConfirmUpAsync(default);

        Assert.Equal(next.Description, Assert.Single((await LookAsync(next)).Living).Description);
    }

    [SkippableFact]
    public async Task A_row_with_the_own_address_is_dead_though_its_lock_is_held_and_the_port_answers_F5()
    {
        var a = await UpAsync("a");
        var next = await NodeAsync("a");

        Assert.Empty(await EndsAsync(next.AdmitAsync(), "admission"));

        Assert.Equal(NodeStatus.Dead, await UntilAnsweredAsync(async token => (await a.Arbiter.LookAsync(0, token)).Mine));
    }

    [SkippableFact]
    public async Task A_node_without_its_lock_whose_port_is_gone_is_dead_and_one_whose_port_answers_is_not_F5()
    {
        var a = await UpAsync("a");
        var b = await UpAsync("b");
        await a.KillAsync();
        await b.KillAsync();
        var c = await NodeAsync("c");
        c.IsGone = static row => row.Description.Identity.Name == "a";

        var living = await EndsAsync(c.AdmitAsync(), "admission");

        Assert.Equal(["b"], Names(living));
        Assert.Equal(["b", "c"], Names((await LookAsync(c)).Living));
    }

    [SkippableFact]
    public async Task All_that_are_gone_are_dead_and_the_joiner_forms_the_cluster()
    {
        foreach (var name in (string[])["a", "b", "c"])
            await (await UpAsync(name)).KillAsync();
        var next = await NodeAsync("b");
        next.IsGone = static _ => true;

        Assert.Empty(await EndsAsync(next.AdmitAsync(), "admission"));
    }

    [SkippableFact]
    public async Task Who_cannot_reach_a_node_that_holds_its_lock_is_refused_and_harms_none_F5()
    {
        var a = await UpAsync("a");
        var b = await UpAsync("b");
        var outside = await NodeAsync("outside");
        outside.IsGone = static _ => true;

        var message = await RefusedAsync(outside);

        Assert.Contains(a.Identity.Address, message, StringComparison.Ordinal);
        Assert.Contains("cluster port", message, StringComparison.Ordinal);
        Assert.Equal(["a", "b"], Names((await LookAsync(b)).Living));
        Assert.Equal(NodeStatus.Up, await StatusAsync(a));
        var c = await NodeAsync("c");
        Assert.Equal(["a", "b"], Names(await EndsAsync(c.AdmitAsync(), "admission of the next")));
    }

    [SkippableFact]
    public async Task Another_default_location_is_refused_H3()
    {
        await UpAsync("a");
        var other = await NodeAsync("b", location: "/home");

        var message = await RefusedAsync(other);

        Assert.Contains("'/home'", message, StringComparison.Ordinal);
        Assert.Contains("'/srv'", message, StringComparison.Ordinal);
    }

    [SkippableTheory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Another_protocol_is_refused_while_a_node_of_it_lives_F6(int protocol)
    {
        var a = await UpAsync("a");
        var refused = await NodeAsync("b", protocol: protocol);

        var message = await RefusedAsync(refused);

        Assert.Contains("protocol 2", message, StringComparison.Ordinal);
        Assert.Contains($"protocol {protocol}", message, StringComparison.Ordinal);
        Assert.Contains("stop all nodes", message, StringComparison.Ordinal);
        await a.KillAsync();
        var later = await NodeAsync("c", protocol: protocol);
        later.IsGone = static _ => true;
        Assert.Empty(await EndsAsync(later.AdmitAsync(), "admission when no node of the other protocol lives"));
    }

    [SkippableTheory]
    [InlineData("")]
    [InlineData("two words")]
    [InlineData("ä")]
    [InlineData("a/b")]
    [InlineData("1234567890123456789012345678901234567890123456789012345678901")]
    public async Task A_bad_name_is_refused(string name)
    {
        var node = await NodeAsync(name, "akka.ssl.tcp://opencode@a:7096");

        Assert.Contains("--node", await RefusedAsync(node), StringComparison.Ordinal);
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
                await Task.Delay(Timeout.Infinite, token);
                return false;
            },
            stop.Token).AsTask();
        await EndsAsync(asked.Task, "probe");

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => EndsAsync(joining, "end of the joining"));
        var b = await NodeAsync("b");
        Assert.Equal(["up"], Names(await EndsAsync(b.AdmitAsync(), "admission of b")));
    }

    /// <summary>Asks until there is an answer: after a break the first call may find the old connection.</summary>
    protected async Task<T> UntilAnsweredAsync<T>(Func<CancellationToken, ValueTask<T>> ask)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                return await EndsAsync(ask(default).AsTask(), "an answer");
            }
            catch (ArbiterAwayException) when (tries < 20)
            {
                await PassAsync(TimeSpan.FromMilliseconds(200));
            }
        }
    }

    protected Task UntilAnsweredAsync(Func<CancellationToken, ValueTask> ask) => UntilAnsweredAsync(async token =>
    {
        await ask(token);
        return true;
    });
}
