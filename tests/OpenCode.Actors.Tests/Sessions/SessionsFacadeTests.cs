using Akka.Actor;
using Akka.Hosting;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Permissions;
using OpenCode.Actors.Protocol.Requests;
using OpenCode.Actors.Sessions;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Index;
using OpenCode.Actors.Sessions.Metrics;
using OpenCode.Actors.Sessions.Readiness;
using OpenCode.Actors.Sessions.Region;
using OpenCode.Actors.Sessions.Setup;
using OpenCode.Actors.Tests.Sessions.Faults;
using OpenCode.Actors.Tests.TestKit;

namespace OpenCode.Actors.Tests.Sessions;

public sealed class SessionsFacadeTests : HubTestKit
{
    private static readonly SessionId _id = new("ses_1");

    private readonly SessionsOptions _options = new();
    private readonly ActorsEnd _end = new();
    private readonly HubProbe _region;
    private readonly HubProbe _index;
    private readonly CountingMeters _meters = new();
    private readonly NodeAvailability _availability;
    private readonly SessionsFacade _facade;

    public SessionsFacadeTests()
    {
        (_region, _index) = (CreateProbe("region"), CreateProbe("index"));
        _availability = new NodeAvailability(Time, joins: true);
        _availability.Join();
        var setup = new SessionSetup(_options, Time, Entropy, null!, null!, null!, null!, new SessionMetrics(_meters), new FaultyJournal(), Logs) { Availability = _availability };
        _facade = new SessionsFacade(new Required<SessionRegion>(_region.Ref), new Required<SessionIndexKey>(_index.Ref), _end, setup);
    }

    [Fact]
    public async Task A_command_that_no_session_answers_is_unavailable()
    {
        var answer = _facade.AskAsync(_id, new GetMessages(), CancellationToken.None);

        Time.Advance(TimeSpan.FromSeconds(30) - TimeSpan.FromMilliseconds(1));
        Assert.False(answer.IsCompleted);
        Time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.IsType<Unavailable>(await RunUntilAsync(answer));
    }

    [Fact]
    public async Task A_command_is_unavailable_at_once_when_all_actors_have_ended()
    {
        var answer = _facade.AskAsync(_id, new GetMessages(), CancellationToken.None);
        var query = _facade.AskAsync(new IndexQuery.Get(_id), CancellationToken.None);
        var wait = _facade.AwaitTurnAsync(_id, new TurnId("msg_1"), 7, CancellationToken.None);

        _end.Set();

        Assert.IsType<Unavailable>(await RunUntilAsync(answer));
        Assert.IsType<Unavailable>(await RunUntilAsync(query));
        Assert.IsType<Unavailable>(await RunUntilAsync(wait));
        Assert.IsType<Unavailable>(await RunUntilAsync(_facade.AskAsync(_id, new Abort(), CancellationToken.None)));
    }

    [Fact]
    public async Task A_query_that_waits_for_the_journal_is_refused_when_the_node_loses_its_database()
    {
        var lost = WhenLostAsync();
        var query = _facade.AskAsync(new IndexQuery.Get(_id), CancellationToken.None);
        _index.Expect<IndexQuery.Get>();

        _availability.Suspend(Time.GetTimestamp());
        await lost;

        Assert.Contains("Nothing was changed", Assert.IsType<Unavailable>(await RunUntilAsync(query)).Reason, StringComparison.Ordinal);
        Assert.Equal(TimeSpan.FromSeconds(1), Assert.IsType<Unavailable>(await _facade.AskAsync(new IndexQuery.Get(_id), CancellationToken.None)).RetryAfter);
        Assert.Equal(0, _index.Count);
    }

    [Fact]
    public async Task A_deletion_that_was_under_way_when_the_node_lost_its_database_is_not_told_that_nothing_was_changed()
    {
        var lost = WhenLostAsync();
        var deletion = _facade.AskAsync(new IndexQuery.Delete(_id), CancellationToken.None);
        _index.Expect<IndexQuery.Delete>();

        _availability.Suspend(Time.GetTimestamp());
        await lost;

        Assert.Contains("A part of the session may be deleted", Assert.IsType<Unavailable>(await RunUntilAsync(deletion)).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_query_is_refused_also_where_the_database_is_back_before_its_caller_looks()
    {
        var lost = WhenLostAsync();
        var query = _facade.AskAsync(new IndexQuery.Get(_id), CancellationToken.None);

        _availability.Suspend(Time.GetTimestamp());
        _availability.Answered(Time.GetTimestamp());
        await lost;

        Assert.IsType<Unavailable>(await RunUntilAsync(query));
    }

    [Fact]
    public async Task A_caller_that_gives_up_is_told_so_while_the_database_is_away_too()
    {
        var lost = WhenLostAsync();
        using var gone = new CancellationTokenSource();
        var query = _facade.AskAsync(new IndexQuery.Get(_id), gone.Token);

        await gone.CancelAsync();
        _availability.Suspend(Time.GetTimestamp());
        await lost;

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => RunUntilAsync(query));
    }

    [Fact]
    public async Task A_caller_that_gives_up_is_told_so_and_by_no_answer()
    {
        using var gone = new CancellationTokenSource();
        var answer = _facade.AskAsync(_id, new GetMessages(), gone.Token);

        await gone.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => RunUntilAsync(answer));
    }

    [Fact]
    public async Task More_commands_than_allowed_are_refused_at_once()
    {
        _options.MaxOutstandingCommands = 1;
        var first = _facade.AskAsync(_id, new GetMessages(), CancellationToken.None);

        Assert.IsType<Unavailable>(await _facade.AskAsync(_id, new GetMessages(), CancellationToken.None));
        Assert.IsType<Unavailable>(await _facade.AskAsync(new IndexQuery.Get(_id), CancellationToken.None));

        _region.Expect<Deliver>();
        _region.Reply("answer");
        Assert.Equal("answer", await RunUntilAsync(first));
        _ = _facade.AskAsync(_id, new GetMessages(), CancellationToken.None);
        _region.Expect<Deliver>();
    }

    [Fact]
    public async Task A_child_is_created_under_a_new_id_by_way_of_its_parent()
    {
        var created = _facade.CreateAsync(new Place("/proj", "global"), new CreateSession { ParentId = _id }, CancellationToken.None);
        var deliver = _region.Expect<Deliver>();
        _region.Reply("created");

        Assert.Equal("created", await RunUntilAsync(created));
        var command = Assert.IsType<CreateChild>(deliver.Command);
        Assert.Equal(_id, deliver.SessionId); // It is not deleted meanwhile.
        Assert.True(SessionId.TryParse(command.Child.Value, out _));
        Assert.NotEqual(_id, command.Child);
    }

    [Fact]
    public async Task A_command_is_one_ask()
    {
        var answer = _facade.AskAsync(_id, new Abort(), CancellationToken.None);
        Assert.Equal(new Deliver(_id, new Abort()), _region.Expect<Deliver>());
        _region.Reply(new Aborted(7));

        Assert.Equal(new Aborted(7), await RunUntilAsync(answer));
        Assert.Equal((0, 0), (_region.Count, _index.Count));
    }

    [Fact]
    public async Task An_answer_to_a_request_goes_to_the_session_that_asked()
    {
        var reply = new ReplyPermission(new PermissionId("per_1"), PermissionAnswer.Once);
        var answer = _facade.ReplyAsync(reply, null, CancellationToken.None);
        Assert.Equal("per_1", _index.Expect<IndexQuery.FindWaitingSession>().RequestId);
        _index.Reply(new IndexQuery.WaitingSessionFound(_id));
        await RunUntilAsync(() => _region.Count > 0);
        Assert.Equal(new Deliver(_id, reply), _region.Expect<Deliver>());
        _region.Reply(new RequestAnswered(7));

        Assert.Equal(new RequestAnswered(7), await RunUntilAsync(answer));
    }

    [Theory]
    [InlineData(null, "ses_2")]
    [InlineData("ses_1", "ses_2")]
    [InlineData(null, null)]
    public async Task An_answer_to_no_request_or_by_the_route_of_another_session_finds_none(string? asker, string? route)
    {
        var reply = new RejectQuestion(new QuestionId("que_1"));
        var answer = _facade.ReplyAsync(reply, route is null ? null : new SessionId(route), CancellationToken.None);
        _index.Expect<IndexQuery.FindWaitingSession>();
        _index.Reply(new IndexQuery.WaitingSessionFound(asker is null ? null : new SessionId(asker)));

        Assert.Equal(new QuestionNotFound(new QuestionId("que_1")), await RunUntilAsync(answer));
        Assert.Equal(0, _region.Count);
    }

    [Fact]
    public async Task A_wait_for_a_turn_is_not_counted_among_the_commands()
    {
        _options.MaxOutstandingCommands = 1;
        _ = _facade.AwaitTurnAsync(_id, new TurnId("msg_1"), 7, CancellationToken.None);
        _index.Expect<IdleWaits.Await>();

        var command = _facade.AskAsync(_id, new GetMessages(), CancellationToken.None);
        _region.Expect<Deliver>();
        _region.Reply("answer");

        Assert.Equal("answer", await RunUntilAsync(command));
    }

    [Fact]
    public async Task A_caller_that_leaves_while_it_waits_for_a_turn_is_forgotten_by_the_index()
    {
        using var gone = new CancellationTokenSource();
        var wait = _facade.AwaitTurnAsync(_id, new TurnId("msg_1"), 7, gone.Token);
        var asked = _index.Expect<IdleWaits.Await>();

        await gone.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => RunUntilAsync(wait));
        Assert.Equal(new IdleWaits.Forget(_id, asked.Waiter), _index.Expect<IdleWaits.Forget>());
    }

    [Fact]
    public async Task A_turn_whose_end_the_index_does_not_tell_is_looked_for_in_the_rows()
    {
        var wait = _facade.AwaitTurnAsync(_id, new TurnId("msg_1"), 7, CancellationToken.None);
        var asked = _index.Expect<IdleWaits.Await>();

        Time.Advance(TimeSpan.FromSeconds(30));

        // The rows of this journal cannot be read.
        Assert.IsType<Unavailable>(await RunUntilAsync(wait));
        Assert.Contains(Logs.Records, static record => record.EventId == 6011);
        Assert.Equal(new IdleWaits.Forget(_id, asked.Waiter), _index.Expect<IdleWaits.Forget>());
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        _meters.Dispose();
    }

    // What is registered first is called last: all that waited for it were called by then.
    private Task WhenLostAsync()
    {
        var lost = new TaskCompletionSource();
        _availability.Now.JournalLost.Register(lost.SetResult);
        return lost.Task;
    }

    private sealed class Required<TKey>(IActorRef actor) : IRequiredActor<TKey>
    {
        public IActorRef ActorRef => actor;

        public Task<IActorRef> GetAsync(CancellationToken cancellationToken = default) => Task.FromResult(actor);
    }
}
