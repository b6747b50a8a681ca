using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Parts;
using OpenCode.Actors.Protocol.Permissions;

namespace OpenCode.Actors.Tests.Sessions.Permissions;

/// <summary>The permission <c>doom_loop</c>: the same tool is called with the same input for the third time in a row.</summary>
public sealed class RepeatedCallTests : SessionsKit
{
    [Fact]
    public async Task The_third_call_in_a_row_is_asked_about_in_one_step_and_over_steps()
    {
        await BeginAsync();
        Model.Answer.Bash("c1", "make").Bash("c2", "make").Bash("c3", "make").EndWithCalls();
        await RunDryAsync();
        Assert.Equal(2, Tools.Started.Count);
        var request = Assert.Single(await PermissionsAsync());
        Assert.Equal(("doom_loop", "bash", "bash", "c3"), (request.Permission, Assert.Single(request.Patterns), Assert.Single(request.Always), request.Tool!.CallId));
        Assert.Equal(("bash", "make"), (request.Metadata.GetProperty("tool").GetString(), request.Metadata.GetProperty("input").GetProperty("command").GetString()));

        await ReplyAsync(request.Id, PermissionAnswer.Once);
        Assert.Equal(3, Tools.Started.Count);
        await EndToolsAsync();
        Model.Answer.Bash("c4", "make").EndWithCalls();
        await RunDryAsync();

        Assert.Equal("c4", Assert.Single(await PermissionsAsync()).Tool!.CallId);
        Assert.Equal(3, Tools.Started.Count);
    }

    [Theory]
    [InlineData("make", "make", "make test")]
    [InlineData("make", "make test", "make")]
    public async Task Other_calls_between_are_no_loop(string one, string two, string three)
    {
        await BeginAsync();
        foreach (var command in (string[])[one, two, three])
            await StepAsync(command);

        Assert.Equal(3, Tools.Started.Count);
    }

    [Fact]
    public async Task A_new_prompt_begins_a_new_count()
    {
        var session = await BeginAsync();
        await StepAsync("make");
        await StepAsync("make");
        Model.Answer.Say("done").End();
        await RunDryAsync();

        await PromptAsync(session, "again");
        await StepAsync("make");

        Assert.Equal(3, Tools.Started.Count);
    }

    [Fact]
    public async Task A_rule_denies_or_allows_it_and_always_is_for_the_tool()
    {
        Config.Rules = [new PermissionRule("doom_loop", "*", PermissionAction.Deny)];
        var session = await BeginAsync();
        await StepAsync("make");
        await StepAsync("make");
        Model.Answer.Bash("c9", "make").EndWithCalls();
        await RunDryAsync();
        Assert.Equal(2, Tools.Started.Count);
        Assert.Contains("doom_loop bash", Assert.IsType<ToolError>(Tool((await MessagesAsync(session))[^2]).State).Error, StringComparison.Ordinal);

        Config.Rules = [];
        Model.Answer.Bash("c10", "make").EndWithCalls();
        await RunDryAsync();
        await ReplyAsync(Assert.Single(await PermissionsAsync()).Id, PermissionAnswer.Always);
        await EndToolsAsync();
        await StepAsync("make");

        Assert.Equal(4, Tools.Started.Count);
    }

    [Fact]
    public async Task What_the_call_does_is_asked_after_it_also_over_a_crash()
    {
        Config.Rules = [new PermissionRule("bash", "*", PermissionAction.Ask)];
        await BeginAsync();
        Model.Answer.Bash("c1", "make").Bash("c2", "make").Bash("c3", "make").EndWithCalls();
        await RunDryAsync();
        await KillAndStartAsync();
        Assert.Equal(["bash", "bash", "doom_loop"], (await PermissionsAsync()).Select(static request => request.Permission));

        await ReplyAsync((await PermissionsAsync())[^1].Id, PermissionAnswer.Once);

        Assert.Equal(["bash", "bash", "bash"], (await PermissionsAsync()).Select(static request => request.Permission));
        Assert.Empty(Tools.Started);
    }

    private async Task<SessionId> BeginAsync()
    {
        var session = (await CreateAsync()).Id;
        await PromptAsync(session);
        return session;
    }

    private async Task StepAsync(string command)
    {
        Model.Answer.Bash($"c{Model.Requests.Count}", command).EndWithCalls();
        await RunDryAsync();
        await EndToolsAsync();
    }

    private async Task EndToolsAsync()
    {
        foreach (var tool in Tools.Started.Where(static tool => !tool.IsStopped).ToList())
            tool.End("x");
        await RunDryAsync();
    }
}
