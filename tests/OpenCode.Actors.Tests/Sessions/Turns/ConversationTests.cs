using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Parts;
using OpenCode.Actors.Protocol.Permissions;
using OpenCode.Actors.Protocol.Requests;
using OpenCode.Actors.Protocol.Sessions;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Models;

namespace OpenCode.Actors.Tests.Sessions.Turns;

/// <summary>What a model is asked, of what is in a session.</summary>
public sealed class ConversationTests : SessionsKit
{
    [Fact]
    public async Task Texts_and_images_are_told_in_order_and_ignored_texts_and_other_files_are_not()
    {
        var asked = await AskAsync(
            new TextPromptPart("see") { Synthetic = true },
            new FilePromptPart("image/png", "data:image/png;base64,iVBORw==") { Filename = "x.png" },
            new FilePromptPart("text/plain", "file:///p/a.txt"),
            new TextPromptPart("no") { Ignored = true },
            new TextPromptPart("this"));

        var content = Assert.IsType<UserTurn>(Assert.Single(asked)).Content;
        Assert.Equal(3, content.Count);
        Assert.Equal(new TextContent("see"), content[0]);
        var image = Assert.IsType<FileContent>(content[1]);
        Assert.Equal(("image/png", "x.png", "89504E47"), (image.MimeType, image.Filename, Convert.ToHexString(image.Decode().Span)));
        Assert.Equal(new TextContent("this"), content[2]);
    }

    [Fact]
    public async Task A_message_of_which_nothing_is_told_is_left_out()
    {
        var session = await CreateAsync();
        await TakeAsync(session.Id, noReply: true, new TextPromptPart("no") { Ignored = true });

        await TakeAsync(session.Id, noReply: null, new TextPromptPart("hi"));

        Assert.Equal(["hi"], Asked().Select(message => ((UserTurn)message).Text));
    }

    [Fact]
    public async Task An_agent_that_is_named_is_called_for()
    {
        var asked = await AskAsync(new TextPromptPart("find it"), new AgentPromptPart("general"));

        Assert.Contains("the tool task, subagent_type 'general'", Assert.IsType<UserTurn>(asked[0]).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_agent_that_may_not_be_called_is_said()
    {
        var session = await CreateAsync(permission: [new PermissionRule("task", "general", PermissionAction.Deny)]);

        await TakeAsync(session.Id, noReply: null, new AgentPromptPart("general"));

        Assert.Contains("a permission rule forbids to call it", ((UserTurn)Asked()[0]).Text, StringComparison.Ordinal);
        var parts = (await MessagesAsync(session.Id))[0].Parts;
        Assert.IsType<AgentPart>(parts[0]);
        Assert.True(Assert.IsType<TextPart>(parts[1]).Synthetic);
    }

    [Fact]
    public async Task Each_message_of_plan_is_reminded_and_the_first_one_after_it()
    {
        var session = await CreateAsync();
        foreach (var agent in (string[])["build", "plan", "plan", "build", "build"])
        {
            await AskAsync<PromptAccepted>(session.Id, new TakePrompt(new Prompt([new TextPromptPart("go")]) { Agent = agent }));
            Model.Answer.Say("ok").End();
            await RunDryAsync();
        }

        var told = Asked().OfType<UserTurn>().Select(turn => turn.Text).ToList();

        Assert.Equal("go", told[0]);
        Assert.Contains("change nothing", told[1], StringComparison.Ordinal);
        Assert.Equal(told[1], told[2]);
        Assert.Contains("It no longer is", told[3], StringComparison.Ordinal);
        Assert.Equal("go", told[4]);
    }

    [Fact]
    public async Task What_an_aborted_answer_had_said_is_told()
    {
        var session = await CreateAsync();
        await PromptAsync(session.Id, "one");
        Model.Answer.Think("hm").Say("half an ans");
        await RunDryAsync();
        await AskAsync<Aborted>(session.Id, new Abort());

        await PromptAsync(session.Id, "two");

        var asked = Asked();
        Assert.Equal("half an ans", Assert.IsType<AssistantTurn>(asked[1]).Text);
        Assert.Equal("two", Assert.IsType<UserTurn>(asked[2]).Text);
    }

    private async Task<IReadOnlyList<ModelMessage>> AskAsync(params PromptPart[] parts)
    {
        var session = await CreateAsync();
        await TakeAsync(session.Id, noReply: null, parts);
        return Asked();
    }

    private Task<PromptAccepted> TakeAsync(SessionId session, bool? noReply, params PromptPart[] parts) =>
        AskAsync<PromptAccepted>(session, new TakePrompt(new Prompt(parts) { NoReply = noReply }));

    private IReadOnlyList<ModelMessage> Asked() => Model.Requests[^1].Messages;
}
