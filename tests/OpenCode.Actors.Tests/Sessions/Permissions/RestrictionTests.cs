using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Messages;
using OpenCode.Actors.Protocol.Models;
using OpenCode.Actors.Protocol.Parts;
using OpenCode.Actors.Protocol.Permissions;
using OpenCode.Actors.Protocol.Requests;
using OpenCode.Actors.Sessions.Agents;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Models;

namespace OpenCode.Actors.Tests.Sessions.Permissions;

/// <summary>Rule "Restrictions fail closed": agents, sessions and prompts.</summary>
public sealed class RestrictionTests : SessionsKit
{
    private static readonly PermissionRule _noBash = new("bash", "*", PermissionAction.Deny);

    [Fact]
    public async Task A_tool_that_is_denied_outright_is_not_offered_and_a_call_of_it_fails()
    {
        Config.Rules = [_noBash];

        await AssertNoBashAsync((await CreateAsync()).Id, Say());
    }

    [Fact]
    public async Task A_prompt_switches_tools_off_for_the_next_prompts_too()
    {
        var session = (await CreateAsync(permission: [new PermissionRule("edit", "*", PermissionAction.Deny)])).Id;

        await AssertNoBashAsync(session, Say() with { Tools = new Dictionary<string, bool> { ["*"] = false } });
        await AssertNoBashAsync(session, Say());

        Assert.Equal(
            [new PermissionRule("edit", "*", PermissionAction.Deny), new PermissionRule("*", "*", PermissionAction.Deny)],
            Assert.IsType<Updated>(await AskAsync<object>(session, new Update(new UpdateSession { Title = "t" }))).Info.Permission);
    }

    [Fact]
    public async Task What_was_allowed_for_always_lifts_no_denial()
    {
        Config.Rules = [new PermissionRule("bash", "*", PermissionAction.Ask)];
        var session = (await CreateAsync()).Id;
        await PromptAsync(session);
        Model.Answer.Bash("c1", "ls").EndWithCalls();
        await RunDryAsync();
        await ReplyAsync(Assert.Single(await PermissionsAsync()).Id, PermissionAnswer.Always);
        Tools.Tool.End("x");
        await RunDryAsync();
        Model.Answer.Say("done").End();
        await RunDryAsync();
        Tools.Started.Clear();

        await AssertNoBashAsync(session, Say() with { Tools = new Dictionary<string, bool> { ["bash"] = false } });
    }

    [Fact]
    public async Task An_agent_has_its_own_rules_prompt_and_model_and_the_next_prompt_without_one_has_not()
    {
        Config.Change = agents => agents with
        {
            All = [.. agents.All, new Agent("review", AgentMode.All, [_noBash]) { Prompt = "You review.", Model = new ModelRef("mock", "of-review"), Variant = "high", Temperature = 0.3 }],
        };
        var session = (await CreateAsync()).Id;

        await AssertNoBashAsync(session, Say() with { Agent = "review" });
        Assert.Equal(("of-review", 0.3), (Model.Requests[^1].ModelId, Model.Requests[^1].Options.Temperature));
        Assert.Equal(new ModelRef("mock", "of-review", "high"), Assert.IsType<UserMessage>((await MessagesAsync(session))[0].Info).Model);

        var next = await AskAsync<PromptAccepted>(session, new TakePrompt(Say()));
        Assert.Equal(BuiltInAgents.Build, Assert.IsType<UserMessage>(next.User.Info).Agent);
        Assert.Contains(Model.Requests[^1].Tools, tool => tool.Name == "bash");
    }

    [Fact]
    public async Task An_unknown_agent_is_refused_and_nothing_is_stored()
    {
        var session = (await CreateAsync()).Id;

        Assert.Contains("'nope'", Assert.IsType<PromptRejected>(await AskAsync<object>(session, new TakePrompt(Say() with { Agent = "nope" }))).Reason, StringComparison.Ordinal);
        Assert.IsType<PromptRejected>(await AskAsync<object>(session, new TakePrompt(Say() with { Agent = "nope", NoReply = true })));
        Assert.IsType<PromptRejected>(await AskAsync<object>(session, new RunShell(new Shell("ls", "nope"))));

        Assert.Empty(await MessagesAsync(session));
    }

    [Fact]
    public async Task A_broken_configuration_refuses_prompts_and_denies_the_tools_of_the_open_turn()
    {
        var session = (await CreateAsync(permission: [new PermissionRule("*", "*", PermissionAction.Allow)])).Id;
        await PromptAsync(session);

        Config.Change = agents => agents with { Fault = "a.md: no YAML" };

        Assert.Equal("a.md: no YAML", Assert.IsType<PromptRejected>(await AskAsync<object>(session, new TakePrompt(Say() with { NoReply = true }))).Reason);
        Assert.Equal("a.md: no YAML", Assert.IsType<PromptRejected>(await AskAsync<object>(session, new TakePrompt(Say()))).Reason);
        Model.Answer.Bash("c1", "ls").EndWithCalls();
        await RunDryAsync();
        Assert.Empty(Tools.Started);
    }

    [Fact]
    public async Task A_rule_of_the_tools_own_name_switches_off_what_another_permission_allows()
    {
        Config.Rules = [_noBash, new PermissionRule("question", "*", PermissionAction.Deny)];

        await PromptAsync((await CreateAsync()).Id);

        Assert.Empty(Model.Requests[^1].Tools);
    }

    private static Prompt Say() => new([new TextPromptPart("hello")]);

    private async Task AssertNoBashAsync(SessionId session, Prompt prompt)
    {
        var calls = Model.Requests.Count;
        await AskAsync<PromptAccepted>(session, new TakePrompt(prompt));
        Assert.DoesNotContain(Model.Requests[^1].Tools, tool => tool.Name == "bash");

        Model.Answer.Bash($"c{calls}", "ls").EndWithCalls();
        await RunDryAsync();
        Model.Answer.Say("done").End();
        await RunDryAsync();

        Assert.Empty(Tools.Started);
        Assert.Empty(await PermissionsAsync());
        var tool = (await MessagesAsync(session)).SelectMany(message => message.Parts).OfType<ToolPart>().Last();
        Assert.Contains("switched off", Assert.IsType<ToolError>(tool.State).Error, StringComparison.Ordinal);
    }
}
