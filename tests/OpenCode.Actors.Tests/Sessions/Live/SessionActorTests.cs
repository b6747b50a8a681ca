using Akka.Actor;
using OpenCode.Actors.Protocol.Sessions;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Index;
using OpenCode.Actors.Sessions.Journal;
using OpenCode.Actors.Sessions.Reads;
using OpenCode.Actors.Sessions.Region;

namespace OpenCode.Actors.Tests.Sessions.Live;

public sealed class SessionActorTests : SessionsKit
{
    [Fact]
    public async Task A_session_that_gives_up_with_an_open_turn_comes_back_by_itself_and_tells_the_truth()
    {
        var session = await CreateAsync();
        var accepted = await PromptAsync(session.Id);
        var wait = AwaitTurn(session.Id, accepted);
        await RunDryAsync();
        await AskAsync<JournalActor.Recovered>(JournalActor, new JournalActor.Recover(session.Id.Value)); // Makes its version stale.

        Model.Answer.Say("lost");
        await RunDryAsync();
        Assert.False(wait.IsCompleted);
        Assert.True(Model.Answer.WasCancelled);
        Time.Advance(TimeSpan.FromSeconds(6));
        Assert.IsType<TurnEnded>(await RunUntilAsync(wait));

        Assert.Equal(["assistant error=MessageAbortedError completed", "error MessageAbortedError", "status idle", "idle"], (await StoryAsync())[^4..]);
        Assert.IsType<IdleStatus>(await StatusAsync(session.Id));
    }

    [Fact]
    public async Task Ordinary_work_leaves_no_dead_letter_and_no_message_that_is_not_understood()
    {
        var session = await CreateAsync();
        await PromptAsync(session.Id);
        Model.Answer.Say("Let me look. ").Bash("c1", "ls").EndWithCalls();
        await RunDryAsync();
        Tools.Tool.Begin();
        Tools.Tool.Output("a");
        await RunDryAsync();
        Tools.Tool.End("a");
        await RunDryAsync();
        Model.Answer.Say("Done.").End();
        await RunDryAsync();
        await PromptAsync(session.Id, "and?");
        Model.Answer.Bash("c2", "sleep 1000").Say("Wait");
        await RunDryAsync();
        await AskAsync<Aborted>(session.Id, new Abort());
        Time.Advance(TimeSpan.FromMinutes(11));
        await PromptAsync(session.Id, "once more");
        await AskAsync<Deleted>(Index, new IndexQuery.Delete(session.Id));
        await AskAsync<SessionNotFound>(session.Id, new GetMessages());
        await AskAsync<LocalSessionRegion.Quiesced>(Region, new LocalSessionRegion.Quiesce());

        Assert.Empty(DeadLetters);
        Assert.Empty(Unhandled);
    }
}
