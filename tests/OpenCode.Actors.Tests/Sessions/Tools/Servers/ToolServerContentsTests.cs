using Microsoft.Extensions.Logging.Abstractions;
using OpenCode.Actors.Sessions.Tools.Servers;
using OpenCode.Actors.Tests.TestKit;

namespace OpenCode.Actors.Tests.Sessions.Tools.Servers;

public sealed class ToolServerContentsTests : HubTestKit
{
    private static readonly Dictionary<string, string> _none = [];

    private readonly ScriptedToolServers _world;
    private readonly ToolServerContents _contents;

    public ToolServerContentsTests()
    {
        _world = new ScriptedToolServers(Simulation);
        var actor = Spawn(ToolServersActor.PropsFor(_world, Time, NullLogger<ToolServersActor>.Instance));
        var outputs = new MemoryOutputs();
        _contents = new ToolServerContents(new ToolServers(_world, () => actor, outputs, Time), outputs, Time);
        _world.Specs.AddRange([new LocalToolServer("odd na.me", ["a"]), new LocalToolServer("off", ["b"]) { IsEnabled = false }, new LocalToolServer("toy", ["c"])]);
    }

    [Fact]
    public async Task A_prompt_is_found_by_the_name_of_its_command()
    {
        await ListAsync();
        _world.Connections[0].Prompts = [new ServedPrompt("greet you", "Greets.", [])];
        _world.Connections[1].Prompts = [new ServedPrompt("greet", null, []), new ServedPrompt("part", null, [])];

        Assert.Equal(["odd na.me/greet you", "toy/greet", "toy/part"], (await ListAsync()).Select(static prompt => $"{prompt.Server}/{prompt.Item.Name}"));
        Assert.Equal(("odd na.me", "greet you"), await FindAsync("odd_na_me:greet_you"));
        Assert.Equal(("toy", "part"), await FindAsync("toy:part"));
        Assert.Null(await FindAsync("toy:par"));
        Assert.Null(await FindAsync("off:part"));
        Assert.Equal("part()", (await RunUntilAsync(_contents.GetPromptAsync("/proj", "toy", "part", _none, default))).Text);
    }

    [Fact]
    public async Task A_list_leaves_out_what_a_server_does_not_give()
    {
        await ListAsync();
        _world.Connections[1].Prompts = [new ServedPrompt("greet", null, [])];
        _world.Connections[0].HangsInLists = true;

        var listing = _contents.ListPromptsAsync("/proj", default);
        await RunUntilAsync(() => _world.Connections[0].IsListing);
        Time.Advance(TimeSpan.FromSeconds(6));

        Assert.Equal(["toy"], (await RunUntilAsync(listing)).Select(static prompt => prompt.Server));
        Assert.Empty(await RunUntilAsync(_contents.ListResourcesAsync("/proj", default))); // Both say that they have none.
    }

    [Fact]
    public async Task A_list_does_not_wait_for_a_server_that_is_slow_to_connect_and_a_command_does()
    {
        await ListAsync();
        _world.Connections[1].Prompts = [new ServedPrompt("greet", null, [])];
        _world.Hangs = true;
        _world.Specs.Add(new LocalToolServer("late", ["d"]));

        var listing = _contents.ListPromptsAsync("/proj", default);
        await RunUntilAsync(() => _world.Attempts.Count == 3);
        var finding = _contents.FindPromptAsync("/proj", "late:greet", default);
        Time.Advance(TimeSpan.FromSeconds(6));

        Assert.Equal(["toy"], (await RunUntilAsync(listing)).Select(static prompt => prompt.Server));
        Assert.False(finding.IsCompleted);

        Time.Advance(TimeSpan.FromSeconds(30));
        Assert.Null(await RunUntilAsync(finding));
    }

    [Fact]
    public async Task What_cannot_be_given_says_why()
    {
        Assert.Contains("switched off", await RefusalAsync(_contents.ReadResourceAsync("/proj", "off", "toy://x", default)), StringComparison.Ordinal);
        Assert.Contains("no such server", await RefusalAsync(_contents.GetPromptAsync("/proj", "none", "x", _none, default)), StringComparison.Ordinal);
        Assert.Equal("There is none.", await RefusalAsync(_contents.ReadResourceAsync("/proj", "toy", "toy://none", default)));

        _world.Connections[^1].Result = static () => new ServedResult(new string('x', 300_000), [], IsError: false);
        Assert.Contains("longer than", await RefusalAsync(_contents.GetPromptAsync("/proj", "toy", "x", _none, default)), StringComparison.Ordinal);
        Assert.Contains("[Result cut", (await RunUntilAsync(_contents.ReadResourceAsync("/proj", "toy", "toy://x", default))).Text, StringComparison.Ordinal);

        _world.Fault = new ToolServerException("It is broken.");
        _world.Specs.Add(new LocalToolServer("ill", ["d"]));
        Assert.Equal("It is not connected: It is broken.", await RefusalAsync(_contents.ReadResourceAsync("/proj", "ill", "toy://x", default)));
    }

    private Task<IReadOnlyList<(string Server, ServedPrompt Item)>> ListAsync() => RunUntilAsync(_contents.ListPromptsAsync("/proj", default));

    private async Task<(string, string)?> FindAsync(string command) => await RunUntilAsync(_contents.FindPromptAsync("/proj", command, default)) is var (server, prompt) ? (server, prompt.Name) : null;

    private async Task<string> RefusalAsync(Task<ServedResult> asked) => (await Assert.ThrowsAsync<ToolServerException>(() => RunUntilAsync(asked))).Message;
}
