using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using OpenCode.Actors.Protocol.Requests;
using OpenCode.Actors.Sessions.Attachments;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Tools;
using OpenCode.Actors.Sessions.Tools.Servers;
using OpenCode.Actors.Tests.Sessions.ShellLines;
using OpenCode.Actors.Tests.Sessions.Tools;
using OpenCode.Actors.Tests.Sessions.Tools.Servers;
using OpenCode.Actors.Tests.TestKit;

namespace OpenCode.Actors.Tests.Sessions.Attachments;

public sealed class PromptResourcesTests : HubTestKit
{
    private readonly Files.MemoryFiles _disk = new();
    private readonly ScriptedToolServers _world;
    private readonly PromptFiles _files;

    public PromptResourcesTests()
    {
        _world = new ScriptedToolServers(Simulation);
        _world.Specs.Add(new LocalToolServer("toy", ["a"]) { CallTimeout = TimeSpan.FromMinutes(10) });
        var actor = Spawn(ToolServersActor.PropsFor(_world, Time, NullLogger<ToolServersActor>.Instance));
        var outputs = new MemoryOutputs();
        _files = new PromptFiles(_disk, new ScriptedPaths(), Time, new ToolServerContents(new ToolServers(_world, () => actor, outputs, Time), outputs, Time));
    }

    [Fact]
    public async Task Resources_and_files_have_one_room_and_what_is_behind_it_is_not_read()
    {
        await TakeAsync(Resource("toy://x"));
        var read = 0;
        _world.Connections[0].Result = () =>
        {
            read++;
            return new ServedResult("TEXT", [new ToolFile("image/png", "x.png", "data:image/png;base64," + new string('A', 7_000_000))], IsError: false);
        };
        _disk.Add("/p/x.png", [0x89, .. "PNG"u8, .. new byte[5 << 20]]);

        var parts = Assert.IsType<TakePrompt>(await TakeAsync([.. Enumerable.Repeat(Resource("toy://x"), 20), new FilePromptPart("image/png", "file:///p/x.png")])).Request.Parts;

        Assert.Equal(5, read);
        Assert.Equal(4, parts.Count(static part => part is FilePromptPart { Mime: "image/png" } file && file.Url.StartsWith("data:", StringComparison.Ordinal)));
        Assert.Equal(16, parts.Count(static part => part is TextPromptPart { Text: "The resource 'toy://x' of the MCP server 'toy' is not attached: the files of a prompt are larger than 24 MiB together." }));
        Assert.Contains(parts, static part => part is TextPromptPart text && text.Text.Contains("The file /p/x.png is not attached", StringComparison.Ordinal));
    }

    [Fact]
    public async Task All_resources_of_a_prompt_have_one_deadline()
    {
        var taking = TakeAsync(Resource("toy://x"), Resource("toy://hang"), Resource("toy://hang"));
        await RunUntilAsync(() => _world.Connections is [{ IsReading: true }]);
        Time.Advance(TimeSpan.FromSeconds(61));

        var refusal = Assert.IsType<PromptRejected>(await taking);
        Assert.StartsWith("parts[1].source: the resource 'toy://hang' of the MCP server 'toy' could not be read. The resources of the prompt took more than 60 s together.", refusal.Reason, StringComparison.Ordinal);
    }

    private static FilePromptPart Resource(string uri) => new("text/plain", uri) { Source = JsonElement.Parse($$"""{"type":"resource","clientName":"toy","uri":"{{uri}}"}""") };

    private Task<object> TakeAsync(params PromptPart[] parts) => RunUntilAsync(_files.ReadAsync(new TakePrompt(new Prompt(parts)), "/p", default));
}
