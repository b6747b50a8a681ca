using Microsoft.Extensions.Logging;
using OpenCode.Actors.Journaling;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Permissions;
using OpenCode.Actors.Protocol.Requests;
using OpenCode.Actors.Protocol.Sessions;
using OpenCode.Actors.Sessions;
using OpenCode.Actors.Sessions.Journal;
using OpenCode.Actors.Sessions.Region;
using OpenCode.Actors.Sessions.Sharding;

namespace OpenCode.Actors.Tests.Sessions.Sharding;

/// <summary>Two nodes over one journal: the kit's own region, and another one.</summary>
public sealed partial class ShardedRegionTests : SessionsKit
{
    private readonly FencingJournal _journal = new();
    private readonly Losses _losses = new();

    private protected override IShardWatch Watch => _losses;

    private protected override IJournal Wrap(IJournal journal)
    {
        _journal.Inner = journal;
        return _journal;
    }

    [Fact]
    public async Task Nothing_runs_before_its_shard_is_opened_and_new_sessions_fall_into_open_shards()
    {
        var refused = await AskAsync<object>(Region, NewSession());
        await OpenAsync(Region, 3, 4);

        var session = await CreateAsync();
        var child = await CreateAsync(session.Id);

        Assert.Equal(new NotHere(null), refused);
        Assert.Contains(Shard.Of(session.Id), (int[])[3, 4]);
        Assert.Equal(Shard.Of(session.Id), Shard.Of(child.Id));
        Assert.All(_journal.Batches, batch => Assert.Equal([new Fence(Shard.Of(session.Id), 1)], batch.Fences));
    }

    [Fact]
    public async Task A_closed_shard_is_left_with_its_turn_closed_and_goes_on_at_its_next_owner()
    {
        var other = await StartOtherAsync();
        await OpenAsync(Region, 5);
        var session = await CreateAsync();
        var accepted = await PromptAsync(session.Id);
        Model.Answer.Say("half ");
        await RunDryAsync();
        var end = Begin(session.Id, new SessionActor.AwaitTurn(accepted.Turn, "w"));
        await RunDryAsync();

        await AskAsync<SessionsActor.ShardsClosed>(Region, new SessionsActor.CloseShards([5], Abandon: false));
        await OpenAsync(other, 5);

        Assert.Equal("MessageAbortedError", Assistant(Assert.IsType<SessionActor.TurnEnded>(await end).Message).Error!.Name);
        Assert.Equal(new NotHere(5), await AskAsync<object>(session.Id, Prompt("no")));
        Assert.Equal("half ", Text((await AskAsync<SessionActor.Messages>(other, new SessionsActor.Deliver(session.Id, new SessionActor.GetMessages()))).Page[1]));
        await AskAsync<SessionActor.Accepted>(other, new SessionsActor.Deliver(session.Id, Prompt("again")));
        Assert.Equal([new Fence(5, 2)], _journal.Batches[^1].Fences);
    }

    [Fact]
    public async Task C5_a_parked_turn_waits_on_at_the_next_owner_and_who_waits_for_it_is_sent_there()
    {
        Config.Rules = [new PermissionRule("bash", "*", PermissionAction.Ask)];
        var other = await StartOtherAsync();
        await OpenAsync(Region, 5);
        var session = await CreateAsync();
        var accepted = await PromptAsync(session.Id);
        Model.Answer.Bash("call_1", "ls").EndWithCalls();
        await RunDryAsync();
        var request = Assert.Single(await PermissionsAsync());
        Assert.Empty((await AskAsync<SessionsActor.BusyShards>(Region, new SessionsActor.ListBusyShards())).Shards); // G2: it runs no turn, so it may move.
        var end = Begin(session.Id, new SessionActor.AwaitTurn(accepted.Turn, "w"));
        await RunDryAsync();

        await AskAsync<SessionsActor.ShardsClosed>(Region, new SessionsActor.CloseShards([5], Abandon: false));
        await OpenAsync(other, 5);

        Assert.IsType<SessionActor.TurnLost>(await end);
        Assert.Equal(new NotHere(5), await AskAsync<object>(session.Id, new SessionActor.AwaitTurn(accepted.Turn, "w")));
        foreach (var node in (IActorRef[])[Region, other])
        {
            Assert.Equal(request.Id, Assert.Single((await AskAsync<SessionsActor.Permissions>(node, new SessionsActor.ListPermissions())).Requests).Id);
            Assert.IsType<BusyStatus>((await AskAsync<SessionsActor.Statuses>(node, new SessionsActor.ListStatus())).BySession[session.Id]);
            Assert.Equal(session.Id, (await AskAsync<SessionsActor.AskerFound>(node, new SessionsActor.FindAsker(request.Id.Value))).SessionId);
        }

        Assert.Equal(new NotHere(5), await ReplyAsync(request.Id, PermissionAnswer.Once));
        await AskAsync<SessionActor.RequestAnswered>(other, new SessionsActor.ReplyPermission(null, request.Id, PermissionAnswer.Once));
        Assert.Empty(await PermissionsAsync());
    }

    [Fact]
    public async Task A_prompt_that_was_put_off_until_the_end_of_an_abort_is_sent_to_the_next_owner_when_its_shard_leaves_meanwhile()
    {
        await OpenAsync(Region, 5);
        var session = await CreateAsync();
        await PromptAsync(session.Id);
        Model.Answer.Say("half ");
        await RunDryAsync();

        var abort = Begin(session.Id, new SessionActor.Abort());
        var prompt = Begin(session.Id, Prompt("more"));
        var closed = AskAsync<SessionsActor.ShardsClosed>(Region, new SessionsActor.CloseShards([5], Abandon: false));
        await RunDryAsync();
        await closed;

        Assert.IsNotType<Unavailable>(await abort);
        Assert.Equal(new NotHere(5), await prompt);
    }

    [Fact]
    public async Task A_session_of_a_node_that_was_declared_dead_writes_nothing_and_stops()
    {
        var other = await StartOtherAsync();
        await OpenAsync(Region, 5);
        var session = await CreateAsync();
        await PromptAsync(session.Id);
        await OpenAsync(other, 5); // The cluster gave it away; this node does not know yet.
        var head = _journal.Head;

        var refused = await AskAsync<object>(session.Id, new SessionActor.Update(new() { Title = "zombie" }));

        Assert.IsType<Unavailable>(refused);
        Assert.Equal(head, _journal.Head);
        Assert.Equal([new Fence(5, 1)], _losses.Lost);
        Assert.Equal(new NotHere(5), await AskAsync<object>(session.Id, Prompt("x")));
        await AskAsync<SessionActor.Updated>(other, new SessionsActor.Deliver(session.Id, new SessionActor.Update(new() { Title = "alive" })));
        var found = Assert.Single((await AskAsync<SessionsActor.Listed>(Region, new SessionsActor.List(new SessionQuery()))).Entries);
        Assert.Equal("alive", found.Title);
    }

    [Fact]
    public async Task An_abandoned_shard_stops_at_once_and_its_unfinished_turn_is_closed_by_the_next_owner()
    {
        var other = await StartOtherAsync();
        await OpenAsync(Region, 5);
        var session = await CreateAsync();
        await PromptAsync(session.Id);
        Model.Answer.Say("half");
        await RunDryAsync();
        var head = _journal.Head;

        await AskAsync<SessionsActor.ShardsClosed>(Region, new SessionsActor.CloseShards([5], Abandon: true));
        Assert.Equal(head, _journal.Head);
        await OpenAsync(other, 5);

        Assert.Equal(["message.part.updated", "assistant error=MessageAbortedError completed"], (await StoryAsync(head)).Select(told => told.StartsWith("text", StringComparison.Ordinal) ? "message.part.updated" : told).Take(2));
        Assert.Empty((await AskAsync<SessionsActor.Statuses>(Region, new SessionsActor.ListStatus())).BySession);
    }

    [Fact]
    public async Task Every_node_lists_what_any_node_did()
    {
        var other = await StartOtherAsync();
        await OpenAsync(Region, 1);
        await OpenAsync(other, 2);
        var here = await CreateAsync(title: "here");
        var there = (await AskAsync<SessionActor.Created>(other, NewSession("there"))).Info;
        await AskAsync<SessionActor.Accepted>(other, new SessionsActor.Deliver(there.Id, Prompt("go")));

        var listed = (await AskAsync<SessionsActor.Listed>(Region, new SessionsActor.List(new SessionQuery()))).Entries;
        var statuses = (await AskAsync<SessionsActor.Statuses>(Region, new SessionsActor.ListStatus())).BySession;
        await AskAsync<SessionActor.Deleted>(Region, new SessionsActor.Delete(here.Id));
        var left = (await AskAsync<SessionsActor.Listed>(other, new SessionsActor.List(new SessionQuery()))).Entries;

        Assert.Equal(["here", "there"], listed.Select(entry => entry.Title).Order(StringComparer.Ordinal));
        Assert.IsType<BusyStatus>(statuses[there.Id]);
        Assert.Equal([there.Id], left.Select(entry => entry.Id));
        Assert.Equal([2], (await AskAsync<SessionsActor.BusyShards>(other, new SessionsActor.ListBusyShards())).Shards);
        Assert.Equal(new NotHere(2), await AskAsync<object>(there.Id, Prompt("x")));
    }

    [Fact]
    public async Task A_child_in_another_shard_than_its_parent_has_to_be_deleted_by_its_owner_first()
    {
        await OpenAsync(Region, Enumerable.Range(0, 64).ToArray());
        var parent = await CreateAsync();
        var foreign = new SessionId("ses_imported");
        var info = parent with { Id = foreign, ParentId = parent.Id };
        await Journal.AppendAsync(
            new JournalBatch([new EntryDraft("evt_1", "session.created", Directory, "global", foreign.Value, 0, Durable: true, OpenCode.Actors.Protocol.Events.EventJson.Encode(new OpenCode.Actors.Protocol.Events.SessionCreated(foreign, info)))], []),
            CancellationToken.None);
        await RunDryAsync();
        await AskAsync<SessionsActor.ShardsClosed>(Region, new SessionsActor.CloseShards([Shard.Of(foreign)], Abandon: false));

        var refused = await AskAsync<SessionsActor.ChildElsewhere>(Region, new SessionsActor.Delete(parent.Id));

        Assert.NotEqual(Shard.Of(parent.Id), Shard.Of(foreign));
        Assert.Equal(foreign, refused.SessionId);
        Assert.Equal(2, (await AskAsync<SessionsActor.Listed>(Region, new SessionsActor.List(new SessionQuery()))).Entries.Count);
    }

    [Fact]
    public async Task A_region_that_fails_says_so_and_goes_on_with_what_is_opened_to_it_again()
    {
        await OpenAsync(Region, 5);
        var session = await CreateAsync();
        var accepted = await PromptAsync(session.Id);

        Region.Tell(new SessionsActor.CloseShards(null!, Abandon: false)); // Nobody can make sense of that.
        await RunDryAsync();
        Assert.Equal(1, _losses.Restarts);
        Assert.Equal(new NotHere(5), await AskAsync<object>(session.Id, Prompt("x")));
        await AskAsync<SessionsActor.ShardsOpened>(Region, new SessionsActor.OpenShards([new Fence(5, 1)]));

        Assert.Equal("MessageAbortedError", Assistant(Assert.IsType<SessionActor.TurnEnded>(await AskAsync<object>(session.Id, new SessionActor.AwaitTurn(accepted.Turn, "w"))).Message).Error!.Name);
        await PromptAsync(session.Id);
    }

    [Fact]
    public async Task A_rule_learned_on_one_node_holds_on_the_others()
    {
        Config.Rules = [new PermissionRule("bash", "*", PermissionAction.Ask)];
        var other = await StartOtherAsync();
        await OpenAsync(Region, 1);
        await OpenAsync(other, 2);
        var here = await CreateAsync();
        var there = (await AskAsync<SessionActor.Created>(other, NewSession())).Info;
        await PromptAsync(here.Id);
        Model.Answer.Bash("call_1", "ls").EndWithCalls();
        await RunDryAsync();
        await ReplyAsync(Assert.Single(await PermissionsAsync()).Id, PermissionAnswer.Always);
        await RunDryAsync();

        await AskAsync<SessionActor.Accepted>(other, new SessionsActor.Deliver(there.Id, Prompt("go")));
        Model.Answer.Bash("call_2", "ls").EndWithCalls();
        await RunDryAsync();

        Assert.Empty(await PermissionsAsync());
    }

    [Fact]
    public async Task F1_a_suspended_node_begins_no_model_call_and_no_tool_until_it_goes_on()
    {
        await OpenAsync(Region, 5);
        var session = await CreateAsync();
        var accepted = await PromptAsync(session.Id);
        var calls = Model.Requests.Count;
        Region.Tell(new SessionsActor.Suspend());
        Model.Answer.Bash("call_1", "ls").EndWithCalls();
        await RunDryAsync();
        Assert.Empty(Tools.Started);

        Region.Tell(new SessionsActor.Resume());
        await RunDryAsync();

        Assert.Single(Tools.Started);
        Assert.Equal(calls, Model.Requests.Count);
        Assert.Equal("hello", Text(accepted.User));
    }

    private static SessionsActor.Create NewSession(string? title = "T") => new(new Place(Directory, "global"), new CreateSession { Title = title });

    private Task<SessionsActor.ShardsOpened> OpenAsync(IActorRef region, params int[] shards) =>
        AskAsync<SessionsActor.ShardsOpened>(region, new SessionsActor.OpenShards([.. shards.Select(_journal.Give)]));

    private async Task<IActorRef> StartOtherAsync()
    {
        var journal = Spawn(OpenCode.Actors.Sessions.Journal.JournalActor.PropsFor(Journal, Logs.CreateLogger<JournalActor>()), "journal-other");
        var other = Spawn(SessionsActor.PropsFor(journal, Setup), "sessions-other");
        await RunDryAsync();
        return other;
    }

    private sealed class Losses : IShardWatch
    {
        public List<Fence> Lost { get; } = [];

        public int Restarts { get; private set; }

        public void OnLost(Fence fence) => Lost.Add(fence);

        public void OnRestarted() => Restarts++;
    }
}
