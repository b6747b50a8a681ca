using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Sessions;
using OpenCode.Actors.Sessions.Region;
using OpenCode.Actors.Sessions.Sharding;
using OpenCode.Actors.TestKit;

namespace OpenCode.Actors.Tests.Sessions;

public sealed class SessionsFacadeTests : ActorKit
{
    private static readonly SessionId _id = new("ses_1");

    [Fact]
    public async Task A_command_that_nobody_answers_is_unavailable()
    {
        var answer = Facade(CreateProbe()).AskAsync(_id, new SessionActor.GetMessages(), CancellationToken.None);

        Time.Advance(TimeSpan.FromSeconds(30));
        await RunDryAsync();

        Assert.IsType<Unavailable>(await RunUntilAsync(answer));
    }

    [Fact]
    public async Task More_commands_than_allowed_are_refused_at_once()
    {
        var probe = CreateProbe();
        var facade = Facade(probe, limit: 1);
        var first = facade.AskAsync(_id, new SessionActor.GetMessages(), CancellationToken.None);

        Assert.IsType<Unavailable>(await facade.AskAsync(_id, new SessionActor.GetMessages(), CancellationToken.None));

        probe.Expect<SessionsActor.Deliver>();
        probe.Reply("answer");
        Assert.Equal("answer", await RunUntilAsync(first));
    }

    [Fact]
    public async Task A_wait_for_a_turn_goes_on_over_a_restart_of_the_session_and_has_no_deadline()
    {
        var probe = CreateProbe();
        var wait = Facade(probe).AwaitTurnAsync(_id, new TurnId("msg_1"), CancellationToken.None);
        var first = (SessionActor.AwaitTurn)probe.Expect<SessionsActor.Deliver>().Command;
        probe.Reply(new SessionActor.TurnLost());
        await RunUntilAsync(() => probe.Count > 0);
        probe.Expect<SessionsActor.Deliver>();

        Time.Advance(TimeSpan.FromSeconds(30));
        await RunUntilAsync(() => probe.Count > 0);
        var third = (SessionActor.AwaitTurn)probe.Expect<SessionsActor.Deliver>().Command;
        Assert.Equal(first, third);
        probe.Reply(new SessionNotFound(_id));

        Assert.IsType<SessionNotFound>(await RunUntilAsync(wait));
    }

    [Fact]
    public async Task F1_a_closed_gate_refuses_commands_that_come_and_those_under_way_and_lets_waits_for_turns_go_on()
    {
        var gate = new CommandGate(Time);
        var probe = CreateProbe();
        var facade = Facade(probe, gate: gate);
        var underWay = facade.AskAsync(_id, new SessionActor.Abort(), CancellationToken.None);
        var wait = facade.AwaitTurnAsync(_id, new TurnId("msg_1"), CancellationToken.None);

        var refusal = new Unavailable("no database", TimeSpan.FromSeconds(1));
        gate.Close(refusal);

        Assert.Equal(refusal, await RunUntilAsync(underWay));
        Assert.Equal(refusal, await facade.AskAsync(_id, new SessionActor.Abort(), CancellationToken.None));
        Assert.False(wait.IsCompleted);

        gate.Open();
        var again = facade.AskAsync(_id, new SessionActor.Abort(), CancellationToken.None);
        await RunUntilAsync(() => probe.Count == 3);
        Assert.False(again.IsCompleted);
    }

    [Fact]
    public async Task Commands_wait_before_a_gate_that_is_about_to_open()
    {
        var gate = new CommandGate(Time);
        gate.Hold(new Unavailable("joining", TimeSpan.FromSeconds(1)));
        var probe = CreateProbe();
        var facade = Facade(probe, gate: gate);

        var command = facade.AskAsync(_id, new SessionActor.Abort(), CancellationToken.None);
        await RunDryAsync();
        Assert.Equal(0, probe.Count);

        gate.Open();
        await RunUntilAsync(() => probe.Count == 1);
        Assert.False(command.IsCompleted);
    }

    private SessionsFacade Facade(TestProbe region, int limit = 10, CommandGate? gate = null) =>
        new(new Required(region.Ref), Microsoft.Extensions.Options.Options.Create(new SessionsOptions { MaxOutstandingCommands = limit }), Entropy, gate);

    private sealed class Required(IActorRef actor) : IRequiredActor<SessionsKey>
    {
        public IActorRef ActorRef => actor;
    }
}
