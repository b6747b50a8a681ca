using Akka.Actor;
using OpenCode.Actors.Protocol.Parts;
using OpenCode.Actors.Protocol.Permissions;
using OpenCode.Actors.Sessions.Models;
using OpenCode.Actors.Sessions.Setup;
using OpenCode.Actors.Sessions.Tools;

namespace OpenCode.Actors.Tests.Sessions.Turns;

/// <summary>Rule "One look for one decision".</summary>
public sealed class OneLookTests : SessionsKit
{
    private readonly Servers _servers = new();

    private protected override SessionSetup Arrange(SessionSetup setup) => setup with { Toolbox = new Toolbox([], _servers) };

    [Fact]
    public async Task A_tool_of_a_server_is_there_by_the_same_look_that_has_the_rules()
    {
        var agentLooks = 0;
        Config.Rules = [new PermissionRule("toy_*", "*", PermissionAction.Ask)];
        Config.Change = agents =>
        {
            agentLooks++;
            return agents;
        };
        var session = (await CreateAsync()).Id;
        await PromptAsync(session);
        Model.Answer.Call("c1", "toy_a", "{}").Call("c2", "toy_b", "{}").Call("c3", "toy_c", "{}").Call("c4", "none", "{}").EndWithCalls();
        await RunDryAsync();

        Assert.Equal(agentLooks, _servers.Looks);
        Assert.Equal(["toy_a", "toy_b", "toy_c"], (await PermissionsAsync()).Select(static request => request.Permission));
        Assert.Contains("There is no tool 'none'. There are: toy_*.", Assert.IsType<ToolError>((await MessagesAsync(session))[1].Parts.OfType<ToolPart>().Last().State).Error, StringComparison.Ordinal);
    }

    private sealed class Servers : ILocationTools
    {
        public int Looks { get; private set; }

        public IReadOnlyList<string> PrefixesOf(string directory)
        {
            Looks++;
            return ["toy_"];
        }

        public bool MayHave(IReadOnlyList<string> prefixes, string tool) => prefixes.Any(prefix => tool.StartsWith(prefix, StringComparison.Ordinal));

        public Task<IReadOnlyList<ToolDefinition>> ListAsync(string directory, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<ToolDefinition>>([]);

        public Props PropsFor(ToolCall call, ToolContext context) => throw new NotSupportedException();
    }
}
