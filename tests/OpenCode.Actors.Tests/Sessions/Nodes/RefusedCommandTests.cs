using OpenCode.Actors.Journal;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Permissions;
using OpenCode.Actors.Protocol.Sessions;
using OpenCode.Actors.Sessions.Commands;

namespace OpenCode.Actors.Tests.Sessions.Nodes;

/// <summary>Rule "Named commands": a refused one is never carried out by a later copy, and an accepted one is never refused.</summary>
public sealed class RefusedCommandTests : SessionsKit
{
    private static Named Rename(string name, string title) => new(name, new Update(new() { Title = title }));

    [Fact]
    public async Task A_command_that_had_no_room_is_not_carried_out_when_a_copy_of_it_comes_later()
    {
        var session = await CreateAsync();
        Faulty.AppendFault = new JournalFullException(0, 1);
        await AskAsync<StorageFull>(session.Id, Rename("n", "new"));
        Faulty.Heal();

        await AskAsync<StorageFull>(session.Id, Rename("n", "new"));

        Assert.Empty(await RowsAsync(session.Id, "name"));
        await AskAsync<Updated>(session.Id, Rename("n2", "new")); // What the client sends again has another name.
    }

    [Fact]
    public async Task A_late_copy_of_an_abort_that_had_no_room_does_not_end_the_next_turn()
    {
        var session = await CreateAsync();
        await PromptAsync(session.Id);
        Faulty.AppendFault = new JournalFullException(0, 1);
        await AskAsync<StorageFull>(session.Id, new Named("a", new Abort()));
        Faulty.Heal();
        await PromptAsync(session.Id, "next");

        await AskAsync<StorageFull>(session.Id, new Named("a", new Abort()));

        Assert.IsType<BusyStatus>(await StatusAsync(session.Id));
    }

    [Fact]
    public async Task A_refused_prompt_is_not_taken_when_a_copy_of_it_comes_later()
    {
        var session = await CreateAsync();
        Model.Fault = "no key";
        var refusal = await AskAsync<PromptRejected>(session.Id, new Named("p", Prompt("hello")));
        Model.Fault = null;

        for (var life = 0; life < 2; life++)
        {
            Assert.Equal(refusal, await AskAsync<PromptRejected>(session.Id, new Named("p", Prompt("hello"))));
            await KillAndStartAsync();
        }

        Assert.Empty(await MessagesAsync(session.Id));
        await AskAsync<PromptAccepted>(session.Id, new Named("p2", Prompt("hello")));
    }

    [Fact]
    public async Task A_command_of_the_users_that_was_refused_while_busy_does_not_run_later()
    {
        var session = await CreateAsync();
        await PromptAsync(session.Id);
        var shell = new Named("s", new RunShell(new OpenCode.Actors.Protocol.Requests.Shell("rm x", "build")));
        await AskAsync<SessionBusy>(session.Id, shell);
        Model.Answer.Say("x").End();
        await RunDryAsync();

        await AskAsync<SessionBusy>(session.Id, shell);

        Assert.Empty(Tools.Started);
    }

    [Fact]
    public async Task A_prompt_that_was_one_too_many_is_not_taken_later()
    {
        Options.MaxQueuedPrompts = 1;
        var session = await CreateAsync();
        await PromptAsync(session.Id);
        await PromptAsync(session.Id, "queued");
        var refusal = await AskAsync<TooManyPrompts>(session.Id, new Named("p", Prompt("more")));
        Model.Answer.Say("x").End();
        await RunDryAsync();
        await KillAndStartAsync();

        Assert.Equal(refusal, await AskAsync<TooManyPrompts>(session.Id, new Named("p", Prompt("more"))));
    }

    [Fact]
    public async Task What_could_not_be_decided_is_not_decided_later()
    {
        var session = await CreateAsync();
        Model.CatalogFault = new InvalidOperationException("planned");
        ExpectLog<InvalidOperationException>(() => Begin(session.Id, new Named("p", Prompt("hello"))));
        Model.CatalogFault = null;

        Assert.Equal("planned", (await AskAsync<CommandFailed>(session.Id, new Named("p", Prompt("hello")))).Message);
        Assert.Empty(await MessagesAsync(session.Id));
    }

    [Fact]
    public async Task A_reply_that_was_taken_is_never_answered_with_not_found()
    {
        var session = await CreateAsync(permission: [new("bash", "*", PermissionAction.Ask)]);
        await PromptAsync(session.Id);
        Model.Answer.Bash("c1", "ls").EndWithCalls();
        await RunDryAsync();
        var reply = new Named("r", new ReplyPermission(Assert.Single(await PermissionsAsync()).Id, PermissionAnswer.Once));
        await AskAsync<RequestAnswered>(session.Id, reply);

        await AskAsync<RequestAnswered>(session.Id, reply);
        await AskAsync<Aborted>(session.Id, new Abort());
        await KillAndStartAsync();
        await AskAsync<RequestAnswered>(session.Id, reply);

        Assert.Single(Tools.Started);
    }

    [Fact]
    public async Task A_reply_that_found_no_request_finds_none_later()
    {
        var session = await CreateAsync();
        var permission = new Named("r", new ReplyPermission(new PermissionId("per_1"), default));
        var question = new Named("q", new RejectQuestion(new QuestionId("que_1")));

        for (var life = 0; life < 2; life++)
        {
            Assert.Equal("per_1", (await AskAsync<PermissionNotFound>(session.Id, permission)).PermissionId.Value);
            Assert.Equal("que_1", (await AskAsync<QuestionNotFound>(session.Id, question)).QuestionId.Value);
            await KillAndStartAsync();
        }

        Assert.Equal(["r", "q"], (await RowsAsync(session.Id, "name")).Select(static row => row.Key));
    }

    [Fact]
    public async Task Refusals_are_forgotten_like_other_names()
    {
        var session = await CreateAsync();
        await AskAsync<PermissionNotFound>(session.Id, new Named("r", new ReplyPermission(new PermissionId("per_1"), default)));
        Time.Advance(TimeSpan.FromMinutes(9));
        await AskAsync<Updated>(session.Id, Rename("n1", "a"));
        Time.Advance(TimeSpan.FromMinutes(6));
        await AskAsync<Updated>(session.Id, Rename("n2", "b"));

        Assert.Equal(["n1", "n2"], (await RowsAsync(session.Id, "name")).Select(static row => row.Key));
    }
}
