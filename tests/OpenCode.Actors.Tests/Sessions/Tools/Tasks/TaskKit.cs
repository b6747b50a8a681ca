using System.Text.Json;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Json;
using OpenCode.Actors.Protocol.Parts;
using OpenCode.Actors.Protocol.Sessions;
using OpenCode.Actors.Sessions;
using OpenCode.Actors.Sessions.Index;
using OpenCode.Actors.Sessions.Setup;
using OpenCode.Actors.Sessions.Tools;
using OpenCode.Actors.Sessions.Tools.Tasks;

namespace OpenCode.Actors.Tests.Sessions.Tools.Tasks;

/// <summary>A session that has a child do a task.</summary>
public abstract class TaskKit : SessionsKit
{
    private protected const string Input = """{"description":"Find it","prompt":"find the bug","subagent_type":"general"}""";

    /// <summary>Gets the sessions as the tool sees them.</summary>
    private protected virtual ISessions Children => Sessions;

    private protected override SessionSetup Arrange(SessionSetup setup) =>
        setup with { Toolbox = new Toolbox([new TaskTool(new ChildSessions(() => Children, () => Config, () => Setup.Toolbox)), new ScriptedBash(Tools)]) };

    private protected async Task<(SessionId Parent, Session Child)> BeginAsync()
    {
        var parent = (await CreateAsync()).Id;
        await PromptAsync(parent);
        Model.Answer.Call("call_1", "task", Input).EndWithCalls();
        await RunDryAsync();
        var child = Assert.Single(await ListAsync(), id => id != parent);
        return (parent, await InfoAsync(child));
    }

    private protected async Task<Session> InfoAsync(SessionId id) =>
        JsonSerializer.Deserialize((await AskAsync<IndexQuery.Found>(Index, new IndexQuery.Get(id))).Entry.Json.Span, ProtocolJson.Wire.Session)!;

    private protected async Task<ToolPart> CallAsync(SessionId parent) => (await CallsAsync(parent))[0];

    private protected async Task<List<ToolPart>> CallsAsync(SessionId parent) => [.. (await MessagesAsync(parent)).SelectMany(static message => message.Parts.OfType<ToolPart>())];
}
