using OpenCode.Actors.Protocol.Sessions;
using OpenCode.Actors.Sessions;
using OpenCode.Actors.Sessions.Journal;
using OpenCode.Actors.TestKit;

namespace OpenCode.Actors.Tests.Sessions;

public sealed class SessionActorTests : SessionsKit
{
    [Fact]
    public async Task C4_an_error_after_the_append_restarts_the_session_from_the_journal_and_it_answers_on()
    {
        var session = await CreateAsync();
        var between = Spawn(Props.Create(() => new Garbling(JournalActor)));
        var direct = Spawn(SessionActor.PropsFor(session.Id, between, Setup));
        await AskAsync<SessionActor.Messages>(direct, new SessionActor.GetMessages());
        between.Tell("garble");

        var answer = direct.Ask<object>(new SessionActor.Update(new() { Title = "x" }), TimeSpan.FromMinutes(1));
        var cause = ExpectLog<InvalidOperationException>(() => { });

        Assert.Contains("nobody understands", cause.Message, StringComparison.Ordinal);
        Assert.IsType<Unavailable>(await answer);
        Assert.Equal("y", (await AskAsync<SessionActor.Updated>(direct, new SessionActor.Update(new() { Title = "y" }))).Info.Title);
    }

    [Fact]
    public async Task A_session_that_gives_up_with_an_open_turn_comes_back_by_itself_and_tells_the_truth()
    {
        var session = await CreateAsync();
        var accepted = await PromptAsync(session.Id);
        var wait = Begin(session.Id, new SessionActor.AwaitTurn(accepted.Turn, "w"));
        await RunDryAsync();
        await AskAsync<JournalActor.Recovered>(JournalActor, new JournalActor.Recover(session.Id.Value)); // Makes its version stale.

        Model.Answer.Say("lost");
        await RunDryAsync();
        Assert.IsType<SessionActor.TurnLost>(await wait);
        Assert.True(Model.Answer.WasCancelled);
        Time.Advance(TimeSpan.FromSeconds(6));

        Assert.Equal(["assistant error=MessageAbortedError completed", "error MessageAbortedError", "status idle", "idle"], (await StoryAsync())[^4..]);
        Assert.IsType<IdleStatus>(await StatusAsync(session.Id));
    }

    // Hands everything on to the journal's actor, and once gives an answer that makes no sense.
    private sealed class Garbling(IActorRef journal) : Actor
    {
        private bool _garbles;

        protected override ValueTask ReceiveAsync(object message)
        {
            if (message is "garble")
            {
                _garbles = true;
            }
            else if (_garbles && message is JournalActor.Append)
            {
                _garbles = false;
                journal.Tell(message);
                Sender.Tell(new JournalActor.Release("nonsense"));
            }
            else
            {
                journal.Tell(message, Sender);
            }

            return ValueTask.CompletedTask;
        }
    }
}
