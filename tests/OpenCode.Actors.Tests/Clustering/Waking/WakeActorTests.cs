using Akka.Actor;
using OpenCode.Actors.Clustering.Waking;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Index;
using OpenCode.Actors.Sessions.Region;
using OpenCode.Actors.Tests.TestKit;

namespace OpenCode.Actors.Tests.Clustering.Waking;

/// <summary>Rule "Unfinished turns are woken": mostly by one node each.</summary>
public sealed class WakeActorTests : HubTestKit
{
    private readonly HubProbe _region;
    private readonly HubProbe _index;
    private readonly IdFactory _ids;
    private List<string> _members = ["a", "b", "c"];

    public WakeActorTests()
    {
        _ids = new IdFactory(Time, Entropy.Fill);
        _region = CreateProbe();
        _index = CreateProbe();
    }

    private IActorRef Start(string me = "a") => Spawn(WakeActor.PropsFor(_region.Ref, _index.Ref, me, () => _members));

    private List<SessionId> Sessions(int count) => [.. Enumerable.Range(0, count).Select(_ => _ids.NewSession())];

    private void AnswerWith(IEnumerable<SessionId> sessions, params SessionId[] deletions) =>
        _index.Reply(new IndexQuery.Unfinished([.. sessions], deletions));

    private List<SessionId> Woken()
    {
        var woken = new List<SessionId>();
        while (_region.Count > 0)
        {
            var message = _region.Expect<Deliver>();
            Assert.IsType<Wake>(message.Command);
            woken.Add(message.SessionId);
        }

        return woken;
    }

    /// <summary>Tells at which seconds the index is asked until the time given.</summary>
    private List<int> AskedAt(int seconds)
    {
        var asked = new List<int>();
        for (var second = 0; second <= seconds; second++)
        {
            while (_index.Count > 0)
            {
                _index.Expect<IndexQuery.ListUnfinished>();
                asked.Add(second);
            }

            Time.Advance(TimeSpan.FromSeconds(1));
        }

        return asked;
    }

    [Fact]
    public void Unfinished_sessions_are_woken_at_the_start()
    {
        _members = ["a"];
        var sessions = Sessions(3);
        Start();

        _index.Expect<IndexQuery.ListUnfinished>();
        AnswerWith(sessions);

        Assert.Equal(sessions.ToHashSet(), Woken().ToHashSet());
    }

    [Fact]
    public void The_index_is_asked_again_every_ten_seconds()
    {
        Start();

        Assert.Equal([0, 1, 2, 3, 10, 20, 30], AskedAt(35));
    }

    [Fact]
    public void A_change_of_members_wakes_at_once_and_a_few_times_soon_after()
    {
        var wake = Start();
        AskedAt(14);

        wake.Tell(new WakeActor.MemberGone());

        Assert.Equal([0, 1, 2, 3, 5], AskedAt(6));
    }

    [Fact]
    public void Each_session_is_woken_by_one_of_the_members()
    {
        var sessions = Sessions(90);
        var woken = new List<SessionId>();
        foreach (var me in _members)
        {
            var actor = Start(me);
            _index.Expect<IndexQuery.ListUnfinished>();
            AnswerWith(sessions);
            var mine = Woken();
            Assert.InRange(mine.Count, 15, 50);
            woken.AddRange(mine);
            Sys.Stop(actor);
            RunDry();
        }

        Assert.Equal(sessions.OrderBy(static id => id.Value), woken.OrderBy(static id => id.Value));
    }

    [Fact]
    public void What_a_lost_member_would_have_woken_is_woken_by_the_others_and_nothing_else_moves()
    {
        var sessions = Sessions(60).ConvertAll(static id => id.Value);
        var before = sessions.ConvertAll(id => Rendezvous.Choose(id, _members));
        var after = sessions.ConvertAll(static id => Rendezvous.Choose(id, ["a", "b"]));

        Assert.All(before.Zip(after), static pair => Assert.True(pair.First == "c" ? pair.Second is "a" or "b" : pair.First == pair.Second));
        Assert.Contains("c", before);
    }

    [Fact]
    public void A_node_that_sees_no_members_wakes_all()
    {
        _members = [];
        var sessions = Sessions(5);
        Start();
        _index.Expect<IndexQuery.ListUnfinished>();

        AnswerWith(sessions);

        Assert.Equal(5, Woken().Count);
    }

    [Fact]
    public void A_deletion_that_was_interrupted_is_taken_up_by_one_of_the_members()
    {
        var sessions = Sessions(30);
        var deleted = new List<SessionId>();
        foreach (var me in _members)
        {
            var actor = Start(me);
            _index.Expect<IndexQuery.ListUnfinished>();
            AnswerWith([], [.. sessions]);
            RunDry();
            while (_index.Count > 0)
                deleted.Add(_index.Expect<IndexQuery.Delete>().SessionId);
            Sys.Stop(actor);
            RunDry();
        }

        Assert.Equal(sessions.OrderBy(static id => id.Value), deleted.OrderBy(static id => id.Value));
        Assert.Equal(0, _region.Count);
    }

    [Fact]
    public void The_end_of_such_a_deletion_is_no_news()
    {
        _members = ["a"];
        Start();
        _index.Expect<IndexQuery.ListUnfinished>();
        var deleted = Sessions(1)[0];
        AnswerWith([], deleted);
        _index.Expect(new IndexQuery.Delete(deleted));

        _index.Reply(new Deleted(deleted, 7));
        RunDry();

        Assert.Empty(Unhandled);
    }

    [Fact]
    public void The_index_gets_the_status_of_the_sessions_that_are_awake()
    {
        _members = ["a"];
        Start();
        _index.Expect<IndexQuery.ListUnfinished>();
        AnswerWith(Sessions(1));

        _region.Expect<Deliver>();

        Assert.Equal(_index.Ref, _region.LastSender);
    }

    [Fact]
    public void An_index_that_cannot_answer_is_asked_again()
    {
        Start();
        _index.Expect<IndexQuery.ListUnfinished>();
        _index.Reply(new Unavailable("It starts.", TimeSpan.FromSeconds(1)));

        _index.Expect<IndexQuery.ListUnfinished>();

        Assert.Empty(Unhandled);
    }
}
