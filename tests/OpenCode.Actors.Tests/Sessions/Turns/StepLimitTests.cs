using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Parts;
using OpenCode.Actors.Protocol.Sessions;
using OpenCode.Actors.Sessions.Models;

namespace OpenCode.Actors.Tests.Sessions.Turns;

/// <summary>An agent's <c>steps</c>: the last of them is without tools, and ends the turn.</summary>
public sealed class StepLimitTests : SessionsKit
{
    [Fact]
    public async Task The_last_step_is_told_to_the_model_and_no_tool_runs_in_it()
    {
        var session = await LimitedAsync(2);
        await StepAsync("c1");
        Assert.Single(Tools.Started);
        Assert.True(Model.Requests[0].Options.MayCallTools);
        Assert.False(Model.Requests[1].Options.MayCallTools);
        Assert.Contains("last step", Assert.IsType<UserTurn>(Model.Requests[1].Messages[^1]).Text, StringComparison.Ordinal);

        Model.Answer.Say("Half of it is done.").Bash("c2", "ls").EndWithCalls();
        await RunDryAsync();

        Assert.Single(Tools.Started);
        Assert.Equal(2, Model.Requests.Count);
        Assert.IsType<IdleStatus>(await StatusAsync(session));
        var last = (await MessagesAsync(session))[^1];
        Assert.Equal("Half of it is done.", Text(last));
        Assert.Contains("last step", Assert.IsType<ToolError>(Tool(last).State).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Steps_are_counted_from_the_newest_prompt_also_over_a_restart()
    {
        var session = await LimitedAsync(2);
        await StepAsync("c1");
        await PromptAsync(session, "and this"); // It waits for the next step.
        Model.Answer.Say("one").End();
        await RunDryAsync();
        Assert.True(Model.Requests[^1].Options.MayCallTools);
        await KillAndStartAsync();

        await PromptAsync(session, "again");
        Assert.True(Model.Requests[^1].Options.MayCallTools);
        await StepAsync("c2");
        Assert.False(Model.Requests[^1].Options.MayCallTools);
    }

    [Fact]
    public async Task Without_a_limit_an_agent_goes_on()
    {
        await LimitedAsync(null);
        for (var i = 0; i < 12; i++)
            await StepAsync($"c{i}");

        Assert.All(Model.Requests, static request => Assert.True(request.Options.MayCallTools));
    }

    private async Task<SessionId> LimitedAsync(int? steps)
    {
        Config.Change = agents => agents with { All = [.. agents.All.Select(agent => agent with { Steps = steps })] };
        var session = (await CreateAsync()).Id;
        await PromptAsync(session);
        return session;
    }

    private async Task StepAsync(string call)
    {
        Model.Answer.Bash(call, $"echo {call}").EndWithCalls();
        await RunDryAsync();
        Tools.Tool.End("x");
        await RunDryAsync();
    }
}
