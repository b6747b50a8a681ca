using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Sessions;
using OpenCode.Actors.Sessions.Models;
using OpenCode.Actors.Sessions.Tools;

namespace OpenCode.Actors.Tests.Sessions.Tools;

public sealed class ToolboxTests
{
    [Fact]
    public void The_toolbox_makes_the_tools_it_offers_and_knows_nothing_else()
    {
        using var services = new ServiceCollection().AddLogging().AddTools().BuildServiceProvider();
        var toolbox = services.GetRequiredService<IToolbox>();
        var context = new ToolContext(new SessionId("ses_x"), "/proj", "call_1");

        Assert.Equal(
            ["bash", "read", "glob", "grep", "list", "edit", "write", "todowrite", "todoread", "task", "webfetch", "skill"],
            toolbox.Definitions.Select(static tool => tool.Name));
        Assert.All(toolbox.Definitions, tool => Assert.NotNull(toolbox.PropsFor(new ToolCall("call_1", tool.Name, JsonElement.Parse("{}")), context)));
        Assert.Null(toolbox.PropsFor(new ToolCall("call_1", "rm", JsonElement.Parse("{}")), context));
        Assert.Equal(["bash", "edit", "write", "task"], toolbox.Definitions.Select(static tool => tool.Name).Where(toolbox.MayChangeFiles));
        Assert.True(toolbox.MayChangeFiles("server_tool"));
    }
}
