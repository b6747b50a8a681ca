using Akka.Actor;
using Akka.Hosting;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Permissions;
using OpenCode.Actors.Protocol.Requests;
using OpenCode.Actors.Sessions;
using OpenCode.Actors.Sessions.Index;
using OpenCode.Actors.Sessions.Reads;
using OpenCode.Actors.Sessions.Region;
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
    private readonly SessionsFacade _facade;

    public SessionsFacadeTests()
    {
        (_region, _index) = (CreateProbe("region"), CreateProbe("index"));
        _facade = new SessionsFacade(
            new Required<SessionRegion>(_region.Ref), new Required<SessionIndexKey>(_index.Ref), _end, _options, new IdFactory(Time, Entropy.Fill), Entropy, Time);
    }

    [Fact]
    public async Task A_command_that_no_session_answers_is_unavailable()
    {
        var answer = _facade.AskAsync(_id, new SessionActor.GetMessages(), CancellationToken.None);

        Time.Advance(TimeSpan.FromSeconds(30) - TimeSpan.FromMilliseconds(1));
        Assert.False(answer.IsCompleted);
        Time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.IsType<Unavailable>(await RunUntilAsync(answer));
    }

    [Fact]
    public async Task A_command_is_unavailable_at_once_when_all_actors_have_ended()
    {
        var answer = _facade.AskAsync(_id, new SessionActor.GetMessages(), CancellationToken.None);
        var query = _facade.AskAsync(new IndexQuery.Get(_id), CancellationToken.None);
        var wait = _facade.AwaitTurnAsync(_id, new TurnId("msg_1"), null, CancellationToken.None);

        _end.Set();

        Assert.IsType<Unavailable>(await RunUntilAsync(answer));
        Assert.IsType<Unavailable>(await RunUntilAsync(query));
        Assert.IsType<Unavailable>(await RunUntilAsync(wait));
        Assert.IsType<Unavailable>(await RunUntilAsync(_facade.AskAsync(_id, new SessionActor.Abort(), CancellationToken.None)));
    }

    [Fact]
    public async Task A_query_that_waits_for_the_journal_is_refused_when_the_node_loses_its_database()
    {
        var suspension = new Suspension();
        var facade = FacadeOf(suspension);
        var query = facade.AskAsync(new IndexQuery.Get(_id), CancellationToken.None);
        _index.Expect<IndexQuery.Get>();

        await suspension.BeginAsync();

        Assert.Equal(suspension.Refusal, await RunUntilAsync(query));
        Assert.Equal(suspension.Refusal, await facade.AskAsync(new IndexQuery.Get(_id), CancellationToken.None));
        Assert.Equal(0, _index.Count);
    }

    [Fact]
    public async Task A_deletion_that_was_under_way_when_the_node_lost_its_database_is_not_told_that_nothing_was_changed()
    {
        var suspension = new Suspension();
        var deletion = FacadeOf(suspension).AskAsync(new IndexQuery.Delete(_id), CancellationToken.None);
        _index.Expect<IndexQuery.Delete>();

        await suspension.BeginAsync();

        Assert.Contains("A part of the session may be deleted", Assert.IsType<Unavailable>(await RunUntilAsync(deletion)).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_query_is_refused_also_where_the_database_is_back_before_its_caller_looks()
    {
        var suspension = new Suspension();
        var query = FacadeOf(suspension).AskAsync(new IndexQuery.Get(_id), CancellationToken.None);

        await suspension.BeginAsync();
        suspension.Refusal = null;

        Assert.IsType<Unavailable>(await RunUntilAsync(query));
    }

    [Fact]
    public async Task A_caller_that_gives_up_is_told_so_while_the_database_is_away_too()
    {
        var suspension = new Suspension();
        using var gone = new CancellationTokenSource();
        var query = FacadeOf(suspension).AskAsync(new IndexQuery.Get(_id), gone.Token);

        await gone.CancelAsync();
        await suspension.BeginAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => RunUntilAsync(query));
    }

    [Fact]
    public async Task A_caller_that_gives_up_is_told_so_and_by_no_answer()
    {
        using var gone = new CancellationTokenSource();
        var answer = _facade.AskAsync(_id, new SessionActor.GetMessages(), gone.Token);

        await gone.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => RunUntilAsync(answer));
    }

    [Fact]
    public async Task More_commands_than_allowed_are_refused_at_once()
    {
        _options.MaxOutstandingCommands = 1;
        var first = _facade.AskAsync(_id, new SessionActor.GetMessages(), CancellationToken.None);

        Assert.IsType<Unavailable>(await _facade.AskAsync(_id, new SessionActor.GetMessages(), CancellationToken.None));
        Assert.IsType<Unavailable>(await _facade.AskAsync(new IndexQuery.Get(_id), CancellationToken.None));

        _region.Expect<Deliver>();
        _region.Reply("answer");
        Assert.Equal("answer", await RunUntilAsync(first));
        _ = _facade.AskAsync(_id, new SessionActor.GetMessages(), CancellationToken.None);
        _region.Expect<Deliver>();
    }

    [Fact]
    public async Task A_session_is_created_under_a_new_id_when_its_parent_is_known()
    {
        var created = _facade.CreateAsync(new Place("/proj", "global"), new CreateSession { ParentId = _id }, CancellationToken.None);
        Assert.Equal(_id, _index.Expect<IndexQuery.Get>().SessionId);
        _index.Reply(new IndexQuery.Found(new SessionEntry(_id, "", "", "", null, "", 0, default)));
        await RunUntilAsync(() => _region.Count > 0);
        var deliver = _region.Expect<Deliver>();
        _region.Reply("created");

        Assert.Equal("created", await RunUntilAsync(created));
        var command = Assert.IsType<SessionActor.CreateChild>(deliver.Command);
        Assert.Equal(_id, deliver.SessionId); // By way of its parent, which is not deleted meanwhile.
        Assert.True(SessionId.TryParse(command.Child.Value, out _));
        Assert.NotEqual(_id, command.Child);
    }

    [Fact]
    public async Task A_child_of_an_unknown_parent_is_not_created()
    {
        var created = _facade.CreateAsync(new Place("/proj", "global"), new CreateSession { ParentId = _id }, CancellationToken.None);
        _index.Expect<IndexQuery.Get>();
        _index.Reply(new SessionNotFound(_id));

        Assert.Equal(new SessionNotFound(_id), await RunUntilAsync(created));
        Assert.Equal(0, _region.Count);
    }

    [Fact]
    public async Task An_answer_to_a_request_goes_to_the_session_that_asked()
    {
        var reply = new SessionActor.ReplyPermission(new PermissionId("per_1"), PermissionAnswer.Once);
        var answer = _facade.ReplyAsync(reply, null, CancellationToken.None);
        Assert.Equal("per_1", _index.Expect<IndexQuery.FindAsker>().RequestId);
        _index.Reply(new IndexQuery.AskerFound(_id));
        await RunUntilAsync(() => _region.Count > 0);
        Assert.Equal(new Deliver(_id, reply), _region.Expect<Deliver>());
        _region.Reply(new SessionActor.RequestAnswered(7));

        Assert.Equal(new SessionActor.RequestAnswered(7), await RunUntilAsync(answer));
    }

    [Theory]
    [InlineData(null, "ses_2")]
    [InlineData("ses_1", "ses_2")]
    [InlineData(null, null)]
    public async Task An_answer_to_no_request_or_by_the_route_of_another_session_finds_none(string? asker, string? route)
    {
        var reply = new SessionActor.RejectQuestion(new QuestionId("que_1"));
        var answer = _facade.ReplyAsync(reply, route is null ? null : new SessionId(route), CancellationToken.None);
        _index.Expect<IndexQuery.FindAsker>();
        _index.Reply(new IndexQuery.AskerFound(asker is null ? null : new SessionId(asker)));

        Assert.Equal(new QuestionNotFound(new QuestionId("que_1")), await RunUntilAsync(answer));
        Assert.Equal(0, _region.Count);
    }

    [Fact]
    public async Task A_wait_for_a_turn_goes_on_over_a_restart_of_the_session_and_has_no_deadline()
    {
        var wait = _facade.AwaitTurnAsync(_id, new TurnId("msg_1"), null, CancellationToken.None);
        var first = (SessionActor.AwaitTurn)_region.Expect<Deliver>().Command;
        _region.Reply(new SessionActor.TurnLost());
        await RunUntilAsync(() => _region.Count > 0);
        _region.Expect<Deliver>();

        Time.Advance(TimeSpan.FromSeconds(30));
        await RunUntilAsync(() => _region.Count > 0);
        var third = (SessionActor.AwaitTurn)_region.Expect<Deliver>().Command;
        Assert.Equal(first, third);
        _region.Reply(new SessionNotFound(_id));

        Assert.IsType<SessionNotFound>(await RunUntilAsync(wait));
    }

    [Fact]
    public async Task A_wait_for_a_turn_that_is_lost_again_and_again_pauses_before_it_asks_again()
    {
        var wait = _facade.AwaitTurnAsync(_id, new TurnId("msg_1"), null, CancellationToken.None);
        _region.Expect<Deliver>();
        _region.Reply(new SessionActor.TurnLost());
        await RunUntilAsync(() => _region.Count > 0);
        _region.Expect<Deliver>();

        _region.Reply(new SessionActor.TurnLost());
        await RunDryAsync();
        Time.Advance(TimeSpan.FromMilliseconds(999));
        Assert.Equal(0, _region.Count);
        Time.Advance(TimeSpan.FromMilliseconds(1));
        await RunUntilAsync(() => _region.Count > 0);
        _region.Expect<Deliver>();

        _region.Reply(new SessionActor.TurnLost());
        await RunDryAsync();
        _end.Set();
        Assert.IsType<Unavailable>(await RunUntilAsync(wait));
    }

    [Fact]
    public async Task A_wait_for_a_turn_is_not_counted_among_the_commands()
    {
        _options.MaxOutstandingCommands = 1;
        _ = _facade.AwaitTurnAsync(_id, new TurnId("msg_1"), null, CancellationToken.None);
        _region.Expect<Deliver>();

        var command = _facade.AskAsync(_id, new SessionActor.GetMessages(), CancellationToken.None);
        _region.Expect<Deliver>();
        _region.Reply("answer");

        Assert.Equal("answer", await RunUntilAsync(command));
    }

    [Fact]
    public async Task A_caller_that_leaves_while_it_waits_for_a_turn_is_forgotten_by_the_index()
    {
        using var gone = new CancellationTokenSource();
        var facade = new SessionsFacade(
            new Required<SessionRegion>(_region.Ref), new Required<SessionIndexKey>(_index.Ref), _end, _options, new IdFactory(Time, Entropy.Fill), Entropy, Time,
            reader: new SessionReader(new FaultyJournal(), Logs.CreateLogger("reader")));
        var wait = facade.AwaitTurnAsync(_id, new TurnId("msg_1"), 7, gone.Token);
        var asked = _index.Expect<IdleWaits.Await>();
        Time.Advance(TimeSpan.FromSeconds(30));
        await RunUntilAsync(() => _index.Count > 0);
        Assert.Equal(asked, _index.Expect<IdleWaits.Await>());

        await gone.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => RunUntilAsync(wait));
        Assert.Equal(new IdleWaits.Forget(_id, asked.Waiter), _index.Expect<IdleWaits.Forget>());
    }

    private SessionsFacade FacadeOf(ISuspension suspension) => new(
        new Required<SessionRegion>(_region.Ref), new Required<SessionIndexKey>(_index.Ref), _end, _options, new IdFactory(Time, Entropy.Fill), Entropy, Time, suspension: suspension);

    private sealed class Suspension : ISuspension
    {
        private readonly CancellationTokenSource _begins = new();

        public Unavailable? Refusal { get; set; }

        public CancellationToken Begins => _begins.Token;

        public Task BeginAsync()
        {
            Refusal = new Unavailable("The database does not answer.", TimeSpan.FromSeconds(1));
            return _begins.CancelAsync();
        }
    }

    private sealed class Required<TKey>(IActorRef actor) : IRequiredActor<TKey>
    {
        public IActorRef ActorRef => actor;

        public Task<IActorRef> GetAsync(CancellationToken cancellationToken = default) => Task.FromResult(actor);
    }
}
