using Akka.Actor;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Live;
using OpenCode.Actors.Sessions.Region;
using OpenCode.Actors.Tests.TestKit;

namespace OpenCode.Actors.Tests.Sessions.Nodes;

/// <summary>Rule "Running turns are not moved": a turn that runs has a moment to end, and is closed before its session moves.</summary>
public sealed class MovingTurnTests : HandOverKit
{
    [Fact]
    public async Task A_turn_that_runs_goes_on_while_the_node_drains_and_is_then_closed()
    {
        var session = await CreateAsync();
        await CallAsync(session.Id, "ls");
        Drain.Begin();
        Tools.Tool.End("x");
        await RunDryAsync();
        Assert.Equal(2, Model.Requests.Count);

        await HandOverAsync(session.Id);

        Assert.Equal("MessageAbortedError", Assistant((await MessagesAsync(session.Id))[^1]).Error!.Name);
        Assert.Equal(2, Model.Requests.Count);
    }

    [Fact]
    public async Task A_session_whose_turn_was_closed_takes_prompts_until_it_is_handed_off()
    {
        var session = await CreateAsync();
        await PromptAsync(session.Id);
        Drain.Begin();
        var elsewhere = CreateProbe();
        (await FindAsync(session.Id)).Tell(new Quiesce(), elsewhere.Ref);
        await RunDryAsync();
        elsewhere.Expect<Quiesced>();

        Assert.True((await PromptAsync(session.Id, "again")).IsOpen);
        await HandOverAsync(session.Id);

        Assert.Equal(2, Model.Requests.Count);
    }

    [Fact]
    public async Task A_session_with_a_turn_that_moves_is_started_where_it_is_by_then()
    {
        var session = await CreateAsync(permission: AskForBash);
        await CallAsync(session.Id, "echo one");
        Time.Advance(TimeSpan.FromMinutes(11));
        await KillAsync();
        await OpenAsync();
        await RunDryAsync();
        var region = CreateProbe();
        var actor = Spawn(SessionActor.PropsFor(session.Id, JournalActor, Setup with { RegionOf = _ => region.Ref }));
        await AskAsync<Awake>(actor, new Wake());

        actor.Tell(new Leave());
        await RunDryAsync();

        Assert.Equal(new Deliver(session.Id, new Wake()), region.Expect<Deliver>());
    }

    [Fact]
    public async Task A_turn_that_runs_when_its_shard_moves_has_a_second_to_end()
    {
        var session = await CreateAsync();
        await PromptAsync(session.Id);
        (await FindAsync(session.Id)).Tell(new Leave());
        await RunDryAsync();
        Time.Advance(TimeSpan.FromSeconds(0.9));
        Assert.False(Model.Answer.WasCancelled);

        Model.Answer.Say("in time").End();
        await RunDryAsync();

        var answer = (await MessagesAsync(session.Id))[1];
        Assert.Equal("in time", Text(answer));
        Assert.Null(Assistant(answer).Error);
    }

    [Fact]
    public async Task A_turn_that_takes_longer_is_closed_before_its_shard_moves()
    {
        var session = await CreateAsync();
        await PromptAsync(session.Id);
        (await FindAsync(session.Id)).Tell(new Leave());
        await RunDryAsync();

        Time.Advance(TimeSpan.FromSeconds(2.1));
        await RunDryAsync();

        Assert.True(Model.Answer.WasCancelled);
        Assert.Equal("MessageAbortedError", Assistant((await MessagesAsync(session.Id))[1]).Error!.Name);
    }
}
