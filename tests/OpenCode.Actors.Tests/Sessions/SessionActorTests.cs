using Akka.Actor;
using OpenCode.Actors.Protocol.Sessions;
using OpenCode.Actors.Sessions;
using OpenCode.Actors.Sessions.Journal;

namespace OpenCode.Actors.Tests.Sessions;

public sealed class SessionActorTests : SessionsKit
{
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
}
