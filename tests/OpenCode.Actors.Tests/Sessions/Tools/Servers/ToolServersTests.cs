using System.Text.Json;
using Akka.Actor;
using Microsoft.Extensions.Logging.Abstractions;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Permissions;
using OpenCode.Actors.Sessions.Models;
using OpenCode.Actors.Sessions.Tools;
using OpenCode.Actors.Sessions.Tools.Functions;
using OpenCode.Actors.Sessions.Tools.Servers;
using OpenCode.Actors.Tests.TestKit;

namespace OpenCode.Actors.Tests.Sessions.Tools.Servers;

public sealed class ToolServersTests : HubTestKit
{
    private readonly ScriptedToolServers _world;
    private readonly MemoryOutputs _outputs = new();
    private readonly ToolServers _servers;

    public ToolServersTests()
    {
        _world = new ScriptedToolServers(Simulation);
        var actor = Spawn(ToolServersActor.PropsFor(_world, Time, NullLogger<ToolServersActor>.Instance));
        _servers = new ToolServers(_world, () => actor, _outputs, Time);
    }

    [Fact]
    public async Task Tools_are_named_after_their_server_in_letters_that_providers_take()
    {
        _world.Specs.AddRange([new LocalToolServer("odd na.me", ["a"]), new LocalToolServer("off", ["b"]) { IsEnabled = false }]);

        Assert.Equal(["odd_na_me_echo", "odd_na_me_hang"], (await ListAsync()).Select(static tool => tool.Name));
        Assert.Equal(["odd_na_me_"], _servers.PrefixesOf("/proj"));
        Assert.True(_servers.MayHave(["odd_na_me_"], "odd_na_me_anything"));
        Assert.False(_servers.MayHave(["odd_na_me_"], "off_echo"));
        Assert.Equal([("odd na.me", ""), ("off", null)], await RunUntilAsync(_servers.StatusAsync("/proj", default)));
    }

    [Fact]
    public async Task Of_two_tools_with_one_name_the_first_is_offered_and_called()
    {
        _world.Specs.AddRange([new LocalToolServer("a.b", ["a"]), new LocalToolServer("a_b", ["b"])]);
        await ListAsync();
        _world.Connections[1].Result = static () => new ServedResult("the second", [], IsError: false);

        Assert.Equal(2, (await ListAsync()).Count);
        Assert.Equal("{}", (await CallAsync("a_b_echo")).Output);
    }

    [Fact]
    public async Task No_tool_has_the_name_of_a_permission_of_another_kind()
    {
        _world.Specs.AddRange([new LocalToolServer("external", ["a"]), new LocalToolServer("doom", ["a"])]);
        await ListAsync();
        _world.Connections[0].Tools = [.. _world.Connections[0].Tools, new ServedTool("directory", "", default)];

        Assert.DoesNotContain(await ListAsync(), static tool => tool.Name == "external_directory");
        Assert.False(_servers.MayHave(_servers.PrefixesOf("/proj"), "external_directory"));
        Assert.False(_servers.MayHave(_servers.PrefixesOf("/proj"), "doom_loop"));
    }

    [Fact]
    public async Task A_tool_whose_name_providers_refuse_is_left_out_and_the_others_are_offered()
    {
        _world.Specs.Add(new LocalToolServer("toy", ["a"]));
        await ListAsync();
        _world.Connections[0].Tools = [new ServedTool(new string('x', 60), "", default), new ServedTool(new string('x', 61), "", default), new ServedTool("", "", default)];

        Assert.Equal(["toy_" + new string('x', 60), "toy_"], (await ListAsync()).Select(static tool => tool.Name));
    }

    [Fact]
    public async Task A_tool_that_a_rule_denies_is_not_offered_and_those_of_the_server_go_before()
    {
        _world.Specs.Add(new LocalToolServer("toy", ["a"]));
        var toolbox = new Toolbox([], _servers);
        PermissionRule[] rules = [new("*", "*", PermissionAction.Deny), new("toy_echo", "*", PermissionAction.Ask)];

        var offered = await RunUntilAsync(toolbox.CompleteAsync([], new ToolScope("/proj", [rules]), default).AsTask());

        Assert.Equal(["toy_echo"], offered.Select(static tool => tool.Name));
        Assert.True(toolbox.Has(toolbox.PrefixesOf("/proj"), "toy_echo"));
        Assert.Equal("toy_echo", Assert.Single(toolbox.NeedsOf(Call("toy_echo"), null!)).Permission);
        Assert.NotNull(toolbox.PropsFor(Call("toy_echo"), Context));
        Assert.Null(toolbox.PropsFor(Call("tox_echo"), Context));
    }

    [Fact]
    public async Task A_call_that_hangs_ends_after_the_limit_and_each_progress_begins_it_anew()
    {
        _world.Specs.Add(new LocalToolServer("toy", ["a"]) { CallTimeout = TimeSpan.FromSeconds(60) });
        var call = await HangAsync(default);
        Time.Advance(TimeSpan.FromSeconds(59));
        _world.Connections[0].Progressed!();
        Time.Advance(TimeSpan.FromSeconds(59));
        Assert.False(call.IsCompleted);

        Time.Advance(TimeSpan.FromSeconds(1));

        Assert.Contains("'toy' did not answer within 60 s", (await Assert.ThrowsAsync<ToolRefusedException>(() => RunUntilAsync(call))).Message, StringComparison.Ordinal);
        Assert.Equal((1, 0), (_world.Connections[0].CancelledCalls, _world.Connections[0].Disposals));
    }

    [Fact]
    public async Task An_abort_cancels_the_call_and_nothing_else()
    {
        _world.Specs.Add(new LocalToolServer("toy", ["a"]));
        using var abort = new CancellationTokenSource();
        var call = await HangAsync(abort.Token);

        await abort.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => RunUntilAsync(call));
        Assert.Equal((1, 0), (_world.Connections[0].CancelledCalls, _world.Connections[0].Disposals));
    }

    [Fact]
    public async Task Errors_of_a_server_are_told_and_its_long_results_cut()
    {
        _world.Specs.Add(new LocalToolServer("toy", ["a"]));
        await ListAsync();
        var connection = _world.Connections[0];

        connection.Result = static () => new ServedResult("No such page.", [], IsError: true);
        Assert.Equal("No such page.", await RefusalAsync("toy_echo"));
        connection.Result = static () => throw new ToolServerException("It ended with exit code 3.");
        Assert.Equal("The MCP server 'toy' gave no result: It ended with exit code 3. Call it again, or do without it.", await RefusalAsync("toy_echo"));
        Assert.Equal("The MCP server 'toy' has no tool 'toy_nope'. It has: toy_echo, toy_hang.", await RefusalAsync("toy_nope"));

        var text = string.Concat(Enumerable.Repeat("🙂", 20_000));
        connection.Result = () => new ServedResult("x" + text, [], IsError: false);
        var cut = await CallAsync("toy_echo");
        Assert.StartsWith("x" + text[..29_998] + "\n\n[Result cut", cut.Output, StringComparison.Ordinal);
        Assert.Equal("/data/tool-output/ses_1-call_1.txt", cut.Metadata.GetProperty("outputPath").GetString());

        _outputs.IsFull = true;
        Assert.Contains("could not be kept", (await CallAsync("toy_echo")).Output, StringComparison.Ordinal);
    }

    private static ToolContext Context => new(new SessionId("ses_1"), "/proj", "call_1");

    private static ToolCall Call(string tool) => new("call_1", tool, JsonElement.Parse("{}"));

    private Task<IReadOnlyList<ToolDefinition>> ListAsync() => RunUntilAsync(_servers.ListAsync("/proj", default));

    private Task<ToolOutcome> CallAsync(string tool) => RunUntilAsync(_servers.CallAsync(Call(tool), Context, default));

    private async Task<Task<ToolOutcome>> HangAsync(CancellationToken cancellationToken)
    {
        var call = _servers.CallAsync(Call("toy_hang"), Context, cancellationToken);
        await RunUntilAsync(() => _world.Connections is [{ Progressed: not null }]);
        return call;
    }

    private async Task<string> RefusalAsync(string tool) => (await Assert.ThrowsAsync<ToolRefusedException>(() => CallAsync(tool))).Message;
}
