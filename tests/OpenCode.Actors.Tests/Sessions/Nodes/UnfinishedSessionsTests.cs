using Akka.Actor;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Sessions;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Index;
using OpenCode.Actors.Sessions.Setup;

namespace OpenCode.Actors.Tests.Sessions.Nodes;

/// <summary>What a node lists for the cluster to take up: open turns, interrupted deletions, and tombstones.</summary>
public sealed class UnfinishedSessionsTests : SessionsKit
{
    private protected override SessionSetup Arrange(SessionSetup setup) => setup with { Claims = new ScriptedClaims() };

    [Fact]
    public async Task A_start_wakes_no_session_but_lists_those_that_the_cluster_may_wake()
    {
        var (busy, idle, gone) = (await CreateAsync(), await CreateAsync(), await CreateAsync());
        await PromptAsync(busy.Id);
        await AskAsync<Deleted>(gone.Id, new Named("d", new Delete()));
        await KillAndStartAsync();
        Time.Advance(TimeSpan.FromMinutes(1));

        Assert.IsType<BusyStatus>(await StatusAsync(busy.Id));
        Assert.Equal([busy.Id], (await AskAsync<IndexQuery.Unfinished>(Index, new IndexQuery.ListUnfinished())).Sessions);

        Index.Tell(new SessionIndexActor.WakeUnfinished());
        await RunDryAsync();
        Assert.IsType<IdleStatus>(await StatusAsync(busy.Id));

        Time.Advance(TimeSpan.FromHours(2));
        Assert.Equal([gone.Id], (await AskAsync<IndexQuery.Unfinished>(Index, new IndexQuery.ListUnfinished())).Sessions);
    }

    [Fact]
    public async Task A_deletion_that_was_interrupted_on_any_node_is_listed_and_goes_on_when_it_is_taken_up()
    {
        var (parent, other) = (await CreateAsync(), await CreateAsync());
        await CreateAsync(parent.Id);
        await AskAsync<DeleteBegun>(parent.Id, new Named("b", new BeginDelete()));
        Assert.Equal([parent.Id], (await AskAsync<IndexQuery.Unfinished>(Index, new IndexQuery.ListUnfinished())).Deletions);
        await KillAndStartAsync();
        Assert.Equal(3, (await ListAsync()).Count); // Another node may be at it.

        Assert.Equal([parent.Id], (await AskAsync<IndexQuery.Unfinished>(Index, new IndexQuery.ListUnfinished())).Deletions);
        await AskAsync<Deleted>(Index, new IndexQuery.Delete(parent.Id));

        Assert.Empty((await AskAsync<IndexQuery.Unfinished>(Index, new IndexQuery.ListUnfinished())).Deletions);
        Assert.Equal([other.Id], await ListAsync());
    }

    [Fact]
    public async Task What_is_unfinished_is_not_known_while_its_rows_cannot_be_read()
    {
        await CreateAsync();
        Faulty.ListFaults = 1;

        await AskAsync<Unavailable>(Index, new IndexQuery.ListUnfinished());
        Assert.Empty((await AskAsync<IndexQuery.Unfinished>(Index, new IndexQuery.ListUnfinished())).Deletions);
    }

    [Fact]
    public async Task A_tombstone_is_removed_two_hours_after_the_log_told_of_the_deletion()
    {
        var session = await CreateAsync();
        await AskAsync<Deleted>(session.Id, new Named("d", new Delete()));
        Time.Advance(TimeSpan.FromHours(2));

        Index.Tell(new SessionIndexActor.WakeUnfinished());

        Assert.Empty(await RowsAsync(session.Id));
    }

    [Fact]
    public async Task A_tombstone_is_listed_until_its_row_has_gone_since_a_wake_may_be_lost()
    {
        var session = await CreateAsync();
        await AskAsync<Deleted>(session.Id, new Named("d", new Delete()));
        Assert.Empty(await UnfinishedAsync());
        Time.Advance(TimeSpan.FromHours(2));

        Assert.Equal([session.Id], await UnfinishedAsync());
        Assert.Equal([session.Id], await UnfinishedAsync());
        await AskAsync<Awake>(session.Id, new Wake());

        Assert.Empty(await UnfinishedAsync());
    }

    private async Task<IReadOnlyList<SessionId>> UnfinishedAsync() => (await AskAsync<IndexQuery.Unfinished>(Index, new IndexQuery.ListUnfinished())).Sessions;
}
