using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Parts;
using OpenCode.Actors.Protocol.Permissions;

namespace OpenCode.Actors.Tests.Sessions.Permissions;

/// <summary>The permission <c>doom_loop</c>: the same tool is called with the same input for the third time in a row in one answer.</summary>
public sealed class RepeatedCallTests : SessionsKit
{
    [Fact]
    public async Task The_third_call_in_a_row_is_asked_about_in_each_answer_anew()
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
        Model.Answer.Bash("c4", "make").Bash("c5", "make").Bash("c6", "make").EndWithCalls();
        await RunDryAsync();

        Assert.Equal("c6", Assert.Single(await PermissionsAsync()).Tool!.CallId);
        Assert.Equal(5, Tools.Started.Count);
    }

    [Theory]
    [InlineData("make", "make", "make test")]
    [InlineData("make", "make test", "make")]
    public async Task Other_calls_between_are_no_loop(string one, string two, string three)
    {
        await BeginAsync();
        Model.Answer.Bash("c1", one).Bash("c2", two).Bash("c3", three).EndWithCalls();
        await RunDryAsync();

        Assert.Equal(3, Tools.Started.Count);
        Assert.Empty(await PermissionsAsync());
    }

    [Fact]
    public async Task A_text_between_is_no_loop()
    {
        await BeginAsync();
        Model.Answer.Bash("c1", "make").Bash("c2", "make").Say("Once more.").Bash("c3", "make").EndWithCalls();
        await RunDryAsync();

        Assert.Equal(3, Tools.Started.Count);
    }

    [Fact]
    public async Task A_poll_that_makes_the_same_call_in_each_step_is_not_asked_about()
    {
        await BeginAsync();
        for (var step = 1; step <= 4; step++)
        {
            Model.Answer.Bash($"c{step}", "make").EndWithCalls();
            await RunDryAsync();
            await EndToolsAsync();
        }

        Assert.Equal(4, Tools.Started.Count);
        Assert.Empty(await PermissionsAsync());
    }

    [Fact]
    public async Task A_rule_denies_or_allows_it_and_always_is_for_the_tool()
    {
        Config.Rules = [new PermissionRule("doom_loop", "*", PermissionAction.Deny)];
        var session = await BeginAsync();
        Model.Answer.Bash("c1", "make").Bash("c2", "make").Bash("c3", "make").EndWithCalls();
        await RunDryAsync();
        Assert.Equal(2, Tools.Started.Count);
        Assert.Contains("doom_loop bash", Assert.IsType<ToolError>((await MessagesAsync(session))[^1].Parts.OfType<ToolPart>().Last().State).Error, StringComparison.Ordinal);

        Config.Rules = [];
        await EndToolsAsync();
        Model.Answer.Bash("c4", "make").Bash("c5", "make").Bash("c6", "make").EndWithCalls();
        await RunDryAsync();
        await ReplyAsync(Assert.Single(await PermissionsAsync()).Id, PermissionAnswer.Always);
        await EndToolsAsync();
        Model.Answer.Bash("c7", "make").Bash("c8", "make").Bash("c9", "make").EndWithCalls();
        await RunDryAsync();

        Assert.Equal(8, Tools.Started.Count);
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

    private async Task EndToolsAsync()
    {
        foreach (var tool in Tools.Started.Where(static tool => !tool.IsStopped).ToList())
            tool.End("x");
        await RunDryAsync();
    }
}
