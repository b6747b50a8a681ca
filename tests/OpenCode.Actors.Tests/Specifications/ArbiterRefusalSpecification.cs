using OpenCode.Actors.Journal.Nodes;

namespace OpenCode.Actors.Tests.Specifications;

/// <summary>Refused nodes, and rows that a joiner sets dead.</summary>
/// <param name="store">The store.</param>
public abstract class ArbiterRefusalSpecification(ArbiterStore store) : ArbiterSpecification(store)
{
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
    public async Task A_row_with_the_own_address_is_dead_though_its_lock_is_held_and_the_port_answers()
    {
        var a = await UpAsync("a");
        var next = await NodeAsync("a");

        Assert.Empty(await EndsAsync(next.AdmitAsync(), "admission"));

        Assert.Equal(NodeStatus.Dead, await UntilAnsweredAsync(async token => (await a.Arbiter.LookAsync(0, token)).Mine));
    }

    [SkippableFact]
    public async Task A_node_without_its_lock_whose_port_is_gone_is_dead_and_one_whose_port_answers_is_not()
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
    public async Task Who_cannot_reach_a_node_that_holds_its_lock_is_refused_and_harms_none()
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
    public async Task Another_default_location_is_refused()
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
    public async Task Another_protocol_is_refused_while_a_node_of_it_lives(int protocol)
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
}
