using OpenCode.Actors.Journaling;
using OpenCode.Actors.Protocol.Permissions;
using OpenCode.Actors.Sessions;
using OpenCode.Actors.Sessions.Journal;
using OpenCode.Actors.Sessions.Region;
using OpenCode.Actors.Sessions.State;

namespace OpenCode.Actors.Tests.Sessions.Sharding;

/// <content>Up to where the log has all of a shard: who leaves it tells, who gets it believes it as far as its own tail goes.</content>
public sealed partial class ShardedRegionTests
{
    [Fact]
    public async Task A_shard_of_which_it_is_told_how_far_it_was_written_to_is_opened_without_asking_how_far_the_log_is()
    {
        await OpenAsync(Region, 5);
        var session = await CreateAsync();
        var other = await StartOtherAsync();
        var closed = await AskAsync<SessionsActor.ShardsClosed>(Region, new SessionsActor.CloseShards([5], Abandon: false));
        _journal.GoAway();

        await AskAsync<SessionsActor.ShardsOpened>(other, new SessionsActor.OpenShards([_journal.Give(5)], closed.WrittenThrough));
        var found = await AskAsync<SessionActor.Messages>(other, new SessionsActor.Deliver(session.Id, new SessionActor.GetMessages()));

        Assert.Equal(_journal.Head, closed.WrittenThrough);
        Assert.Empty(found.Page);
    }

    [Fact]
    public async Task C5_what_waits_for_its_user_in_a_shard_that_was_given_away_is_taken_up_a_moment_later()
    {
        Config.Rules = [new PermissionRule("bash", "*", PermissionAction.Ask)];
        var other = await StartOtherAsync();
        await OpenAsync(Region, 5);
        await PromptAsync((await CreateAsync()).Id);
        Model.Answer.Bash("call_1", "ls").EndWithCalls();
        await RunDryAsync();
        var closed = await AskAsync<SessionsActor.ShardsClosed>(Region, new SessionsActor.CloseShards([5], Abandon: false));
        await AskAsync<SessionsActor.ShardsOpened>(other, new SessionsActor.OpenShards([_journal.Give(5)], closed.WrittenThrough));
        var recovered = _journal.Loads;

        Time.Advance(TimeSpan.FromMilliseconds(249));
        await RunDryAsync();
        Assert.Equal(recovered, _journal.Loads);

        Time.Advance(TimeSpan.FromMilliseconds(1));
        await RunDryAsync();
        Assert.Equal(recovered + 1, _journal.Loads);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(1_000_000L)]
    public async Task What_it_is_not_told_or_what_lies_beyond_its_tail_the_log_is_asked(long? told)
    {
        _journal.GoAway();
        var opening = Region.Ask<SessionsActor.ShardsOpened>(new SessionsActor.OpenShards([_journal.Give(5)], told), TimeSpan.FromHours(1));
        await RunDryAsync();
        Assert.False(opening.IsCompleted);

        _journal.ComeBack();
        await RunDryAsync();

        await opening;
    }

    [Fact]
    public async Task A_close_waits_for_an_append_that_a_session_left_behind_when_it_failed()
    {
        await OpenAsync(Region, 5);
        var session = await CreateAsync();
        var (journal, fence) = (JournalActor, _journal.Batches[^1].Fences[0]);
        var recovered = await AskAsync<JournalActor.Recovered>(journal, new JournalActor.Recover(session.Id.Value, fence));
        _journal.GoAway();
        journal.Tell(new JournalActor.Append(session.Id.Value, recovered.Version, new JournalBatch([], [new StateChange(Rows.Open, session.Id.Value, "", "{}"u8.ToArray())])));

        var closing = journal.Ask<JournalActor.Settled>(new JournalActor.Settle([5]), TimeSpan.FromHours(1));
        var others = await AskAsync<JournalActor.Settled>(journal, new JournalActor.Settle([6]));
        await RunDryAsync();
        Assert.False(closing.IsCompleted);
        Assert.Equal(_journal.Head, others.Head);

        _journal.ComeBack();
        await RunDryAsync();
        Assert.Equal(_journal.Head, (await closing).Head);
    }
}
