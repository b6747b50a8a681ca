using System.Text;
using Akka.Actor;
using OpenCode.Actors.Journal;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Permissions;
using OpenCode.Actors.Protocol.Sessions;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Index;
using OpenCode.Actors.Sessions.Models;

namespace OpenCode.Actors.Tests.Sessions.Faults;

/// <summary>The index is made of the rows and the log alone, so it can be lost at any time. Sessions do not notice.</summary>
public sealed class IndexFailureTests : SessionsKit
{
    private static readonly PermissionRule[] _askForBash = [new("bash", "*", PermissionAction.Ask)];

    [Fact]
    public async Task An_index_that_dies_is_rebuilt_and_shows_the_same()
    {
        var (waiting, retrying, busy, _) = await PlayAsync();
        var statuses = await StatusesAsync();
        var permissions = await PermissionsAsync();
        var listed = await ListAsync();

        CrashIndex();

        Assert.Equal(statuses, await StatusesAsync());
        Assert.Equal(permissions.Select(request => request.Id), (await PermissionsAsync()).Select(request => request.Id));
        Assert.Equal(listed, await ListAsync());
        Assert.Equal(1, Meters.Count("opencode.actors.restarts index"));
        Assert.IsType<RetryStatus>(statuses[retrying]);
        Assert.Equal(new HashSet<SessionId> { waiting, retrying, busy }, statuses.Keys.ToHashSet());
    }

    [Fact]
    public async Task Sessions_go_on_while_the_index_is_rebuilt()
    {
        var (_, _, busy, _) = await PlayAsync();

        CrashIndex();
        Model.Answer.Say("done").End();
        await RunDryAsync();

        Assert.Equal("done", Text((await MessagesAsync(busy))[^1]));
        Assert.IsType<IdleStatus>(await StatusAsync(busy));
    }

    [Fact]
    public async Task Queries_that_waited_in_an_index_that_died_are_answered()
    {
        await CreateAsync();
        var bad = Index.Ask<object>(new IndexQuery.List(null!));
        var good = Index.Ask<object>(new IndexQuery.ListStatus());
        await RunDryAsync();

        Assert.IsType<Unavailable>(await bad);
        Assert.True(await good is Unavailable or IndexQuery.Statuses);
    }

    [Theory]
    [InlineData("crash")]
    [InlineData("stop")]
    public async Task A_deletion_that_ends_with_its_index_is_answered(string end)
    {
        var parent = await CreateAsync();
        await CreateAsync(parent.Id);
        Faulty.Hold();
        var deletion = Index.Ask<object>(new IndexQuery.Delete(parent.Id));
        await RunDryAsync();
        Assert.False(deletion.IsCompleted);

        if (end == "crash")
            CrashIndex();
        else
            Sys.Stop(Index);
        await RunDryAsync();

        Assert.True(deletion.IsCompleted);
        Assert.IsType<Unavailable>(await deletion);
        Faulty.Release();
        await RunDryAsync();
    }

    [Fact]
    public async Task A_survey_that_fails_is_tried_again_and_queries_wait_for_it()
    {
        var session = await CreateAsync();
        await KillAsync();
        Faulty.ListFaults = 2;
        await OpenAsync();
        var listed = Index.Ask<IndexQuery.Listed>(new IndexQuery.List(new SessionQuery()));
        Time.Advance(TimeSpan.FromMilliseconds(1_999));
        Assert.False(listed.IsCompleted);

        Time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal(session.Id, Assert.Single((await listed).Entries).Id);
    }

    [Fact]
    public async Task A_survey_reads_the_requests_of_sessions_with_an_open_turn_only()
    {
        var (waiting, _, _, _) = await PlayAsync();
        await KillAsync();
        Faulty.Listed.Clear();

        await StartAsync();

        Assert.Equal(waiting, Assert.Single(await PermissionsAsync()).SessionId);
        Assert.Equal(["session", "turn", "remember"], Faulty.Listed);
    }

    [Fact]
    public async Task No_decision_is_made_before_the_learned_rules_are_read()
    {
        var session = await CreateAsync(permission: _askForBash);
        await PromptAsync(session.Id);
        Model.Answer.Bash("c1", "echo one").EndWithCalls();
        await RunDryAsync();
        await ReplyAsync(Assert.Single(await PermissionsAsync()).Id, PermissionAnswer.Always);
        var other = await CreateAsync(permission: _askForBash);
        await KillAsync();
        Faulty.ListFaults = 1;
        await OpenAsync();

        var prompt = Begin(other.Id, Prompt("go"));
        await RunDryAsync();
        Assert.False(prompt.IsCompleted);
        Time.Advance(TimeSpan.FromSeconds(1));
        Assert.IsType<PromptAccepted>(await prompt);
        Model.Answer.Bash("c2", "echo two").EndWithCalls();
        await RunDryAsync();

        Assert.Single(await PermissionsAsync());
    }

    [Fact]
    public async Task An_answer_for_always_reads_the_rows_of_its_own_session_only()
    {
        var session = await CreateAsync(permission: _askForBash);
        await PromptAsync(session.Id);
        Model.Answer.Bash("c1", "echo one").EndWithCalls();
        await RunDryAsync();
        Faulty.Listed.Clear();

        await ReplyAsync(Assert.Single(await PermissionsAsync()).Id, PermissionAnswer.Always);
        await RunDryAsync();

        Assert.Empty(Faulty.Listed);
        Assert.NotEmpty(Setup.Learned.Of(Directory));
    }

    [Fact]
    public async Task The_follower_that_fails_begins_again_where_it_was_and_queries_wait_for_it()
    {
        await CreateAsync();
        Faulty.ReadFaults = 2;
        var created = await CreateAsync(title: "new");
        var listed = Index.Ask<IndexQuery.Listed>(new IndexQuery.List(new SessionQuery()));
        await RunDryAsync();
        Assert.False(listed.IsCompleted);

        Time.Advance(TimeSpan.FromSeconds(1));

        Assert.Contains((await listed).Entries, entry => entry.Id == created.Id);
        Assert.Equal(0, Meters.Count("opencode.actors.restarts index"));
    }

    [Fact]
    public async Task A_log_that_is_trimmed_under_the_follower_is_made_up_for_by_the_rows()
    {
        var (_, retrying, _, idle) = await PlayAsync();
        var statuses = await StatusesAsync();
        Faulty.TrimmedReads = 1;

        await AskAsync<Updated>(idle, new Update(new() { Title = "while it was trimmed" }));

        var entries = (await AskAsync<IndexQuery.Listed>(Index, new IndexQuery.List(new SessionQuery(Search: "trimmed")))).Entries;
        Assert.Equal(idle, Assert.Single(entries).Id);
        Assert.Equal(statuses, await StatusesAsync());
        Assert.Equal(0, Faulty.TrimmedReads);
        await AskAsync<Aborted>(retrying, new Abort()); // And it follows on.
        Assert.IsType<IdleStatus>(await StatusAsync(retrying));
    }

    [Fact]
    public async Task An_event_that_the_index_cannot_read_holds_up_nothing()
    {
        await CreateAsync();
        var strange = new EntryDraft("evt_1", "session.updated", Directory, "global", "ses_strange", 0, Durable: false, "7"u8.ToArray());
        await RunUntilAsync(Setup.Journal.AppendAsync(new JournalBatch([strange], []), CancellationToken.None).AsTask());

        Assert.Single(await ListAsync());
        Assert.Contains(Logs.Records, record => record.EventId == 6036);
    }

    [Fact]
    public async Task A_row_that_the_survey_cannot_read_is_left_out_and_holds_up_nothing()
    {
        var session = await CreateAsync();
        await WriteRowAsync("session", "ses_strange", "7");

        await KillAndStartAsync();

        Assert.Equal([session.Id], await ListAsync());
        await PromptAsync(session.Id);
        Assert.Single(Logs.Records, static record => record.EventId == 6042);
    }

    [Fact]
    public async Task A_learned_rule_that_the_follower_cannot_read_is_left_out_and_the_others_hold()
    {
        var session = await CreateAsync(permission: _askForBash);
        await PromptAsync(session.Id);
        Model.Answer.Bash("c1", "echo one").EndWithCalls();
        await RunDryAsync();
        await WriteRowAsync("remember", session.Id.Value, "\"strange\"");

        await ReplyAsync(Assert.Single(await PermissionsAsync()).Id, PermissionAnswer.Always);

        Assert.Single(await ListAsync());
        Assert.NotEmpty(Setup.Learned.Of(Directory));
        Assert.Single(Logs.Records, static record => record.EventId == 6042);
    }

    [Fact]
    public async Task A_journal_that_does_not_say_how_far_it_is_makes_queries_unavailable()
    {
        await CreateAsync();
        Faulty.IsAway = true;
        Assert.IsType<Unavailable>(await AskAsync<object>(Index, new IndexQuery.List(new SessionQuery())));

        Faulty.IsAway = false;
        Assert.Single(await ListAsync());
    }

    private async Task<(SessionId Waiting, SessionId Retrying, SessionId Busy, SessionId Idle)> PlayAsync()
    {
        var waiting = await CreateAsync(permission: _askForBash);
        await PromptAsync(waiting.Id);
        Model.Answer.Bash("c1", "echo one").EndWithCalls();
        await RunDryAsync();
        var retrying = await CreateAsync();
        await PromptAsync(retrying.Id);
        Model.Answer.Fail(new ModelException("slow down", retryable: true, retryAfter: TimeSpan.FromHours(1)));
        await RunDryAsync();
        var idle = await CreateAsync();
        var busy = await CreateAsync();
        await PromptAsync(busy.Id);
        return (waiting.Id, retrying.Id, busy.Id, idle.Id);
    }

    private async Task WriteRowAsync(string kind, string owner, string json) =>
        await Journal.AppendAsync(new JournalBatch([], [new StateChange(kind, owner, "strange", Encoding.UTF8.GetBytes(json))]), CancellationToken.None);

    private async Task<IReadOnlyDictionary<SessionId, SessionStatus>> StatusesAsync() =>
        (await AskAsync<IndexQuery.Statuses>(Index, new IndexQuery.ListStatus())).BySession;

    private void CrashIndex() => ExpectLog<NullReferenceException>(() => Index.Tell(new IndexQuery.List(null!)), count: 2); // By us, and by Akka.
}
