using OpenCode.Actors.Journal;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Sessions;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Index;

namespace OpenCode.Actors.Tests.Sessions.Nodes;

/// <summary>Rule "Named commands": each is carried out once, however often and however late it comes.</summary>
public sealed class NamedCommandTests : SessionsKit
{
    private static readonly Create _create = new(new Place(Directory, "global"), new() { Title = "T" });

    private static Named Rename(string name, string title) => new(name, new Update(new() { Title = title }));

    [Fact]
    public async Task A_command_that_comes_again_is_answered_as_the_first_time_and_not_carried_out()
    {
        var session = await CreateAsync();
        await AskAsync<Updated>(session.Id, Rename("n1", "one"));
        await AskAsync<Updated>(session.Id, Rename("n2", "two"));

        var late = await AskAsync<Updated>(session.Id, Rename("n1", "one"));

        Assert.Equal("two", late.Info.Title); // The newer title stands.
        Assert.Equal(2, (await StoryAsync()).Count(static story => story == "session.updated"));
    }

    [Fact]
    public async Task All_copies_of_a_command_that_is_under_way_are_answered_when_it_is_committed()
    {
        var session = await CreateAsync();
        Faulty.Hold();
        var copies = Enumerable.Range(0, 3).Select(_ => Begin(session.Id, new Named("p", Prompt("hello")))).ToList();
        await RunDryAsync();
        Assert.DoesNotContain(copies, static copy => copy.IsCompleted);

        Faulty.Release();
        await RunDryAsync();

        var accepted = (await Task.WhenAll(copies)).Cast<PromptAccepted>().ToList();
        Assert.Single(accepted.Select(static answer => answer.Turn).Distinct());
        Assert.All(accepted, static answer => Assert.True(answer.IsOpen));
        Assert.Equal(2, (await MessagesAsync(session.Id)).Count);
    }

    [Fact]
    public async Task A_prompt_that_comes_again_after_its_turn_says_that_the_turn_is_over()
    {
        var session = await CreateAsync();
        var first = await AskAsync<PromptAccepted>(session.Id, new Named("p", Prompt("hello")));
        Model.Answer.Say("x").End();
        await RunDryAsync();

        var late = await AskAsync<PromptAccepted>(session.Id, new Named("p", Prompt("hello")));

        Assert.Equal((first.Turn, true, false), (late.Turn, first.IsOpen, late.IsOpen));
        Assert.Equal("hello", Text(late.User));
    }

    [Fact]
    public async Task A_copy_of_a_prompt_that_was_there_under_its_message_id_is_not_answered_with_what_its_key_names_since()
    {
        var session = await CreateAsync();
        const string id = "msg_1";
        await AskAsync<PromptAccepted>(session.Id, Prompt("hello", id, noReply: true));
        var named = new Named("p", Prompt("hello", id, "k", noReply: true));
        await AskAsync<PromptAccepted>(session.Id, named);
        await AskAsync<PromptAccepted>(session.Id, Prompt("other", key: "k", noReply: true));

        var late = await AskAsync<PromptAccepted>(session.Id, named);

        Assert.Equal(id, late.User.Info.Id.Value);
    }

    [Fact]
    public async Task A_late_abort_does_not_end_the_next_turn()
    {
        var session = await CreateAsync();
        await PromptAsync(session.Id);
        await AskAsync<Aborted>(session.Id, new Named("a", new Abort()));
        await PromptAsync(session.Id, "next");

        await AskAsync<Aborted>(session.Id, new Named("a", new Abort()));

        Assert.IsType<BusyStatus>(await StatusAsync(session.Id));
    }

    [Fact]
    public async Task An_abort_of_an_idle_session_is_carried_out_once_too()
    {
        var session = await CreateAsync();
        await AskAsync<Aborted>(session.Id, new Named("a", new Abort()));
        await PromptAsync(session.Id);

        await AskAsync<Aborted>(session.Id, new Named("a", new Abort()));

        Assert.IsType<BusyStatus>(await StatusAsync(session.Id));
    }

    [Fact]
    public async Task A_name_outlives_a_crash_with_its_effect()
    {
        var session = await CreateAsync();
        var done = await AskAsync<PromptAccepted>(session.Id, new Named("p", Prompt("hello", noReply: true)));
        await KillAndStartAsync();

        var again = await AskAsync<PromptAccepted>(session.Id, new Named("p", Prompt("hello", noReply: true)));

        Assert.Equal(done.Turn, again.Turn);
        Assert.Equal(["hello"], (await MessagesAsync(session.Id)).Select(Text));
    }

    [Fact]
    public async Task A_command_that_was_not_written_is_carried_out_when_it_comes_again()
    {
        var session = await CreateAsync();
        Faulty.AppendFault = new IOException("planned");
        await AskAsync<Unavailable>(session.Id, Rename("n", "new"));
        Faulty.Heal();

        await AskAsync<Updated>(session.Id, Rename("n", "new"));

        Assert.Single(await RowsAsync(session.Id, "name"));
    }

    [Fact]
    public async Task What_changes_nothing_has_no_row()
    {
        var session = await CreateAsync();
        await AskAsync<MessagePage>(session.Id, new Named("g", new GetMessages()));
        await AskAsync<CommandFailed>(session.Id, new Named("n", Rename("n2", "twice")));

        Assert.Empty(await RowsAsync(session.Id, "name"));
    }

    [Fact]
    public async Task Names_are_forgotten_after_a_quarter_of_an_hour_when_another_is_noted()
    {
        var session = await CreateAsync();
        await AskAsync<Updated>(session.Id, Rename("old", "a"));
        Time.Advance(TimeSpan.FromMinutes(9));
        await AskAsync<Updated>(session.Id, Rename("young", "b"));
        Time.Advance(TimeSpan.FromMinutes(6));
        await AskAsync<Updated>(session.Id, Rename("new", "c"));

        Assert.Equal(["young", "new"], (await RowsAsync(session.Id, "name")).Select(static row => row.Key));
    }

    [Fact]
    public async Task Names_of_another_node_whose_clock_is_an_hour_behind_are_kept_for_a_minute_at_least()
    {
        var session = await CreateAsync();
        await AskAsync<Updated>(session.Id, Rename("old", "a"));
        await KillAsync();
        Time.Advance(TimeSpan.FromHours(1));
        await StartAsync();

        await AskAsync<Updated>(session.Id, Rename("new", "b"));
        Assert.Equal(["old", "new"], (await RowsAsync(session.Id, "name")).Select(static row => row.Key));
        Time.Advance(TimeSpan.FromMinutes(1));
        await AskAsync<Updated>(session.Id, Rename("newer", "c"));
        Assert.Equal(["new", "newer"], (await RowsAsync(session.Id, "name")).Select(static row => row.Key));
    }

    [Fact]
    public async Task A_creation_that_comes_again_is_answered_with_the_session_as_it_is()
    {
        var id = Setup.Ids.NewSession();
        await AskAsync<Created>(id, new Named("c", _create));
        await AskAsync<Updated>(id, Rename("n", "renamed"));

        Assert.Equal("renamed", (await AskAsync<Created>(id, new Named("c", _create))).Info.Title);
        Assert.Equal("renamed", (await AskAsync<Created>(id, new Named("c2", _create))).Info.Title);
        Assert.Single(await StoryAsync(), static story => story == "session.created");
    }

    [Fact]
    public async Task A_deleted_session_is_never_made_again_by_a_late_copy()
    {
        var id = Setup.Ids.NewSession();
        await AskAsync<Created>(id, new Named("c", _create));
        await AskAsync<Updated>(id, Rename("n", "renamed"));
        await AskAsync<Deleted>(id, new Named("d", new Delete()));

        for (var life = 0; life < 2; life++)
        {
            await AskAsync<SessionNotFound>(id, new Named("c", _create));
            await AskAsync<SessionNotFound>(id, Rename("n", "renamed"));
            await AskAsync<SessionNotFound>(id, new Named("d2", new Delete()));
            Assert.Equal(id, (await AskAsync<Deleted>(id, new Named("d", new Delete()))).SessionId);
            await KillAndStartAsync();
        }

        Assert.Equal("tombstone", Assert.Single(await RowsAsync(id)).Kind);
        Assert.Empty(await ListAsync(new SessionQuery()));
        Assert.Equal(1, (await StoryAsync()).Count(static story => story == "session.deleted"));
    }

    [Fact]
    public async Task Copies_of_a_deletion_that_waits_for_its_turn_to_be_closed_are_all_answered()
    {
        var session = await CreateAsync();
        await PromptAsync(session.Id);
        var copies = Enumerable.Range(0, 3).Select(_ => Begin(session.Id, new Named("d", new Delete()))).ToList();
        await RunDryAsync();

        Assert.All(await Task.WhenAll(copies), static answer => Assert.IsType<Deleted>(answer));
    }

    [Fact]
    public async Task A_tombstone_goes_when_its_session_is_woken_after_an_hour_and_what_clocks_may_differ_by()
    {
        var session = await CreateAsync();
        await AskAsync<Deleted>(session.Id, new Named("d", new Delete()));
        Time.Advance(TimeSpan.FromHours(2) - TimeSpan.FromMilliseconds(1));
        await AskAsync<Awake>(session.Id, new Wake());
        Assert.Single(await RowsAsync(session.Id));

        Time.Advance(TimeSpan.FromMilliseconds(1));
        await AskAsync<Awake>(session.Id, new Wake());

        Assert.Empty(await RowsAsync(session.Id));
        Assert.Equal(0, Meters.Count("opencode.sessions.awake"));
    }

    [Fact]
    public async Task A_tombstone_for_whose_removal_there_is_no_room_stays()
    {
        var session = await CreateAsync();
        await AskAsync<Deleted>(session.Id, new Named("d", new Delete()));
        Time.Advance(TimeSpan.FromHours(2));
        Faulty.AppendFault = new JournalFullException(0, 1);

        await AskAsync<Awake>(session.Id, new Wake());

        Assert.Single(await RowsAsync(session.Id));
        Assert.Equal(0, Meters.Count("opencode.sessions.awake"));
    }

    [Fact]
    public async Task A_session_that_is_deleted_without_a_name_leaves_no_row()
    {
        var session = await CreateAsync();
        await AskAsync<Updated>(session.Id, Rename("n", "x"));
        await AskAsync<Deleted>(Index, new IndexQuery.Delete(session.Id));

        Assert.Empty(await RowsAsync(session.Id));
    }
}
