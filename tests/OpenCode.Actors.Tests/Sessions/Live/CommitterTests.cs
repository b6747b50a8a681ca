using OpenCode.Actors.Journal;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Requests;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Journal;
using OpenCode.Actors.Sessions.Lifecycle;
using OpenCode.Actors.Sessions.Live;
using OpenCode.Actors.Sessions.State;
using OpenCode.Actors.Tests.TestKit;

namespace OpenCode.Actors.Tests.Sessions.Live;

public sealed class CommitterTests : SessionsKit
{
    private readonly List<string> _log = [];
    private readonly HubProbe _journal;
    private readonly HubProbe _asker;
    private Committer? _committer;

    public CommitterTests() => (_journal, _asker) = (CreateProbe("journal-of-test"), CreateProbe("asker"));

    private Committer Committer => _committer ??= new Committer(
        new SessionId("ses_test"), Setup, _journal.Ref, new OpenTextStore(Options, () => throw new InvalidOperationException("No text streams in.")),
        completed: completion => _log.Add($"completed {completion.Name}"), committed: () => _log.Add("committed"));

    [Fact]
    public void What_is_decided_during_an_append_goes_with_the_next_one_and_is_answered_with_it()
    {
        Commit("one", Create);
        Commit("two", Retitle("2"));
        Commit("three", Retitle("3"));

        var first = _journal.Expect<JournalActor.Append>();
        _journal.ExpectNothing();
        Assert.Null(Committer.Committed.Info);
        Assert.Equal("3", Committer.State.Info!.Title);

        Committer.Take(new JournalActor.Appended(first.Version, FirstOffset: 10, NextVersion: 7));

        _asker.Expect("one at 10");
        _asker.ExpectNothing();
        Assert.Equal("1", Committer.Committed.Info!.Title);
        var second = _journal.Expect<JournalActor.Append>();
        Assert.Equal((7, 2), (second.Version, second.Batch.Entries.Count));

        Committer.Take(new JournalActor.Appended(second.Version, FirstOffset: 20, NextVersion: 8));

        _asker.Expect("two at 21");
        _asker.Expect("three at 21");
        Assert.Equal("3", Committer.Committed.Info!.Title);
        Assert.True(Committer.IsIdle);
        Assert.Equal(["completed one", "committed", "completed two", "completed three", "committed"], _log);
    }

    [Fact]
    public void A_decision_that_writes_nothing_is_answered_behind_what_is_under_way()
    {
        Commit("one", Create);
        Commit("again", static _ => { });
        _asker.ExpectNothing();

        Committer.Take(new JournalActor.Appended(_journal.Expect<JournalActor.Append>().Version, FirstOffset: 10, NextVersion: 7));

        _asker.Expect("one at 10");
        _asker.Expect("again at 10");
        _journal.ExpectNothing();
        Assert.Equal(["completed one", "completed again", "committed"], _log);
    }

    [Fact]
    public void An_answer_to_another_append_is_stale()
    {
        Commit("one", Create);
        var version = _journal.Expect<JournalActor.Append>().Version;

        Committer.Take(new JournalActor.Appended(version + 1, FirstOffset: 10, NextVersion: 7));

        Assert.False(Committer.Take(new JournalActor.AppendFailed(version + 1, new IOException("no"), 7)));
        Assert.True(Committer.IsUnderWay);
        Assert.Empty(_log);
    }

    [Fact]
    public void A_refusal_answers_all_that_waits_and_leaves_what_is_durable()
    {
        Committer.Begin(SessionState.None, version: 3, offset: 5);
        Commit("one", Create);
        Committer.Take(new JournalActor.Appended(3, FirstOffset: 10, NextVersion: 4));
        _asker.Expect("one at 10");
        Commit("two", Retitle("2"));
        Commit("three", Retitle("3"));

        Committer.Refuse("full");

        _asker.Expect("full");
        _asker.Expect("full");
        Assert.True(Committer.IsIdle);
        Assert.Equal("1", Committer.Committed.Info!.Title);
    }

    private void Commit(string name, Action<Decision> decide)
    {
        var decision = Committer.NewDecision();
        decide(decision);
        Committer.Commit(decision, new Completion(_asker.Ref, offset => $"{name} at {offset}", Name: name));
    }

    private static void Create(Decision decision) => Creating.Decide(decision, new Create(new Place(Directory, "global"), new CreateSession { Title = "1" }));

    private static Action<Decision> Retitle(string title) => decision => decision.Update(decision.Info with { Title = title });
}
