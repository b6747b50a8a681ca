using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Sessions;
using OpenCode.Actors.Sessions.Models;
using OpenCode.Actors.Sessions.Tools;
using OpenCode.Actors.Sessions.Tools.Bash;
using OpenCode.Actors.Tests.Sessions.Tools;

namespace OpenCode.Actors.Tests.Sessions;

public sealed class BuiltInToolboxTests
{
    [Fact]
    public void The_toolbox_offers_bash_and_knows_nothing_else()
    {
        var toolbox = new BuiltInToolbox(new ScriptedProcessHost(), new BashOptions(), NullLogger<BashToolActor>.Instance);
        var context = new ToolContext(new SessionId("ses_x"), "/proj", "call_1");

        Assert.Equal("bash", Assert.Single(toolbox.Definitions).Name);
        Assert.NotNull(toolbox.PropsFor(new ToolCall("call_1", "bash", JsonElement.Parse("{}")), context));
        Assert.Null(toolbox.PropsFor(new ToolCall("call_1", "rm", JsonElement.Parse("{}")), context));
    }
}
