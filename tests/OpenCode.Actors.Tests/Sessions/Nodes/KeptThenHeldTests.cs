using Akka.Actor;
using OpenCode.Actors.Protocol.Permissions;
using OpenCode.Actors.Protocol.Sessions;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Models;
using OpenCode.Actors.Sessions.Setup;
using OpenCode.Actors.Tests.Sessions.History;

namespace OpenCode.Actors.Tests.Sessions.Nodes;

/// <summary>Rule "Running turns are not moved", where the files of a step are kept before the next one begins.</summary>
public sealed class KeptThenHeldTests : HandOverKit
{
    private readonly ScriptedSnapshots _snapshots;

    public KeptThenHeldTests() => _snapshots = new ScriptedSnapshots(this);

    private protected override SessionSetup Arrange(SessionSetup setup) => base.Arrange(setup) with { Snapshots = _snapshots };

    [Theory]
    [InlineData("feedback")]
    [InlineData("question")]
    public async Task An_answer_during_a_drain_is_followed_by_the_next_owner_s_model(string kind)
    {
        var session = await WaitAsync(kind);
        Drain.Begin();

        await AnswerAsync(kind);
        Assert.Single(Model.Requests);
        Assert.Single(_snapshots.Compared);
        await AskAsync<Quiet>(Region, new OpenCode.Actors.Sessions.Region.Deliver(session.Id, new AwaitQuiet()));
        var before = Journal.Head;
        await HandOverAsync(session.Id);

        Assert.Empty(await StoryAsync(before)); // Nothing is closed, and nothing is said twice.
        Assert.Equal(2, Model.Requests.Count);
        Model.Answer.Say("done").End();
        await RunDryAsync();
        Assert.Equal("done", Text((await MessagesAsync(session.Id))[^1]));
        Assert.Equal(SessionStatus.Idle, await StatusAsync(session.Id));
    }

    [Fact]
    public async Task A_hand_off_before_the_files_are_kept_leaves_the_step_to_the_next_owner()
    {
        var session = await WaitAsync("feedback");
        Drain.Begin();
        Faulty.Hold();
        _ = Begin(session.Id, new ReplyPermission(Assert.Single(await PermissionsAsync()).Id, PermissionAnswer.Reject, "keep it"));
        await RunDryAsync();
        ((ActorRefWithCell)Region).GetSingleChild(session.Id.Value).Tell(new Leave());
        await RunDryAsync();
        Faulty.Release();
        await RunDryAsync();

        await KillAndStartAsync();
        await AskAsync<Awake>(session.Id, new Wake());
        await RunDryAsync();

        Assert.Equal(2, Model.Requests.Count);
        Assert.Contains("keep it", Model.Requests[1].Messages.OfType<ToolResult>().Single().Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_turn_that_runs_goes_on_while_the_node_drains()
    {
        var session = await BeginAsync();
        await CallAsync(session.Id, "ls");
        Drain.Begin();
        Tools.Tool.End("x");
        await RunDryAsync();

        Assert.Equal(2, Model.Requests.Count);
    }

    [Fact]
    public async Task A_no_that_ends_the_turn_ends_it_here()
    {
        var session = await WaitAsync("feedback");
        Drain.Begin();

        await ReplyAsync(Assert.Single(await PermissionsAsync()).Id, PermissionAnswer.Reject);
        await RunDryAsync();

        Assert.Equal(SessionStatus.Idle, await StatusAsync(session.Id));
        Assert.Single(Model.Requests);
    }

    private async Task<Session> BeginAsync(IReadOnlyList<PermissionRule>? permission = null) => Assert.IsType<Created>(
        await RunUntilAsync(Sessions.CreateAsync(new Place(Directory, "abc"), new() { Title = "T", Permission = permission }, CancellationToken.None))).Info;

    private async Task<Session> WaitAsync(string kind)
    {
        var session = await BeginAsync(AskForBash);
        if (kind != "question")
        {
            await CallAsync(session.Id, "rm x");
            return session;
        }

        await PromptAsync(session.Id);
        Model.Answer.Ask("c1", "Which?").EndWithCalls();
        await RunDryAsync();
        return session;
    }

    private async Task AnswerAsync(string kind)
    {
        if (kind == "question")
        {
            var asked = (await AskAsync<OpenCode.Actors.Sessions.Index.IndexQuery.Questions>(Index, new OpenCode.Actors.Sessions.Index.IndexQuery.ListQuestions())).Requests;
            Assert.IsType<RequestAnswered>(await ReplyAsync(new ReplyQuestion(Assert.Single(asked).Id, [["Red"]])));
        }
        else
        {
            Assert.IsType<RequestAnswered>(await ReplyAsync(Assert.Single(await PermissionsAsync()).Id, PermissionAnswer.Reject, "keep it"));
        }

        await RunDryAsync();
    }
}
