using Akka.Actor;
using OpenCode.Actors.Journal;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Permissions;
using OpenCode.Actors.Protocol.Sessions;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Region;
using OpenCode.Actors.Sessions.Setup;
using OpenCode.Actors.Tests.TestKit;

namespace OpenCode.Actors.Tests.Sessions.Nodes;

/// <summary>Rule "Running turns are not moved": a session tells a node that drains when nothing of its turn runs any more.</summary>
public sealed class QuietSessionTests : SessionsKit
{
    private static readonly PermissionRule[] _askForBash = [new("bash", "*", PermissionAction.Ask)];

    private readonly HubProbe _drainer;
    private readonly NodeDrain _drain = new();

    public QuietSessionTests() => _drainer = CreateProbe();

    private protected override SessionSetup Arrange(SessionSetup setup) => setup with { Claims = new ScriptedClaims(), Drain = _drain };

    [Fact]
    public async Task Idle_sessions_and_turns_that_wait_for_their_user_or_have_not_begun_are_quiet_at_once()
    {
        var (idle, parked, held) = (await CreateAsync(), await CreateAsync(permission: _askForBash), await CreateAsync());
        await PromptAsync(parked.Id);
        Model.Answer.Bash("c1", "echo one").EndWithCalls();
        await RunDryAsync();
        _drain.Begin();
        await PromptAsync(held.Id);

        foreach (var session in (Session[])[idle, parked, held])
            Assert.Equal(session.Id, (await AskAsync<Quiet>(Region, new Deliver(session.Id, new AwaitQuiet()))).SessionId);
    }

    [Fact]
    public async Task A_session_is_quiet_when_its_turn_has_ended_and_that_is_durable()
    {
        var session = await CreateAsync();
        await PromptAsync(session.Id);
        var quiet = Region.Ask<Quiet>(new Deliver(session.Id, new AwaitQuiet()));
        Model.Answer.Say("x");
        await RunDryAsync();
        Assert.False(quiet.IsCompleted);
        Faulty.Hold();
        Model.Answer.End();
        await RunDryAsync();
        Assert.False(quiet.IsCompleted);

        Faulty.Release();
        await RunDryAsync();

        await quiet;
    }

    [Fact]
    public async Task A_model_that_still_talks_beside_a_tool_that_waits_is_waited_for()
    {
        var session = await CreateAsync(permission: _askForBash);
        await PromptAsync(session.Id);
        Model.Answer.Bash("c1", "echo one").Say("and");
        await RunDryAsync();
        var quiet = Region.Ask<Quiet>(new Deliver(session.Id, new AwaitQuiet()));
        await RunDryAsync();
        Assert.False(quiet.IsCompleted);

        Model.Answer.EndWithCalls();
        await RunDryAsync();

        await quiet;
    }

    [Fact]
    public async Task A_turn_whose_end_has_no_room_is_quiet()
    {
        var session = await CreateAsync();
        await PromptAsync(session.Id);
        Faulty.AppendFault = new JournalFullException(0, 1);
        var quiet = Region.Ask<Quiet>(new Deliver(session.Id, new AwaitQuiet()));
        await RunDryAsync();
        Assert.False(quiet.IsCompleted);

        Find(session.Id).Tell(new Quiesce(), _drainer.Ref);
        await RunDryAsync();

        await quiet;
        Faulty.Heal();
    }

    private IActorRef Find(SessionId id) => ((ActorRefWithCell)Region).GetSingleChild(id.Value);
}
