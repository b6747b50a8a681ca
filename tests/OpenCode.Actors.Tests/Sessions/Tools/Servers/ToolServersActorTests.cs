using Akka.Actor;
using Microsoft.Extensions.Logging;
using OpenCode.Actors.Sessions.Tools.Servers;
using OpenCode.Actors.Tests.TestKit;

namespace OpenCode.Actors.Tests.Sessions.Tools.Servers;

public sealed class ToolServersActorTests : HubTestKit
{
    private readonly ScriptedToolServers _world;
    private readonly IActorRef _servers;
    private readonly HubProbe _asker;
    private ToolServerSpec _spec = new LocalToolServer("toy", ["toy"]);

    public ToolServersActorTests()
    {
        _world = new ScriptedToolServers(Simulation);
        _servers = Spawn(ToolServersActor.PropsFor(_world, Time, Logs.CreateLogger<ToolServersActor>()));
        _asker = CreateProbe();
    }

    private ScriptedConnection Connection => _world.Connections[^1];

    [Fact]
    public void A_server_starts_when_it_is_first_asked_for_and_once_for_each_location()
    {
        RunDry();
        Assert.Empty(_world.Attempts);

        Assert.Same(Connected(), Reach().Connection);
        Assert.Equal(["echo", "hang"], Reach().Tools.Select(static tool => tool.Name));
        Reach("/other");

        Assert.Equal(["/proj", "/other"], _world.Attempts.Select(static attempt => attempt.Directory));
    }

    [Fact]
    public void A_server_that_dies_is_started_again_and_what_asks_waits_for_it()
    {
        var first = Connected();

        first.Die("It ended with exit code 3.");
        RunDry();
        Assert.Equal(1, first.Disposals);

        Assert.NotSame(first, Reach().Connection);
        Assert.Equal(2, _world.Attempts.Count);
    }

    [Fact]
    public void Deaths_one_after_the_other_are_followed_by_longer_and_longer_waits()
    {
        Connected();
        var waits = new List<double>();
        for (var death = 0; death < 8; death++)
        {
            var (attempts, from) = (_world.Attempts.Count, Time.GetUtcNow());
            Connection.Die("It ended.");
            while (_world.Attempts.Count == attempts)
                Time.Advance(TimeSpan.FromSeconds(1));
            waits.Add((Time.GetUtcNow() - from).TotalSeconds);
            RunDry();
        }

        Assert.Equal([1, 2, 4, 8, 16, 32, 60, 60], waits);

        // It ran for long: this death is no sign of a fault that stays.
        Time.Advance(TimeSpan.FromMinutes(2));
        var before = _world.Attempts.Count;
        Connection.Die("It ended.");
        Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(before + 1, _world.Attempts.Count);
    }

    [Fact]
    public void What_asks_waits_for_no_long_pause_and_hears_of_the_tools_of_before()
    {
        Connected();
        for (var death = 0; death < 3; death++)
        {
            Connection.Die("It ended.");
            Time.Advance(TimeSpan.FromSeconds(4));
        }

        Connection.Die("It ended with exit code 3.");
        var reached = Reach();

        Assert.Equal((null, "It ended with exit code 3."), (reached.Connection, reached.Error));
        Assert.Equal(2, reached.Tools.Count);
    }

    [Fact]
    public void A_server_that_never_starts_is_waited_for_once()
    {
        _world.Fault = new ToolServerException("There is no such program.");
        Assert.Equal((null, "There is no such program."), (Reach().Connection, Reach().Error));
        Assert.Single(_world.Attempts);

        Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(2, _world.Attempts.Count);

        _world.Fault = null;
        Assert.NotNull(Ask(new ToolServersActor.Reach("/proj", _spec, AtOnce: true)).Connection);
    }

    [Fact]
    public void A_server_that_does_not_answer_is_given_up_after_its_limit_and_others_are_not_kept_waiting_by_it()
    {
        _spec = _spec with { ConnectTimeout = TimeSpan.FromSeconds(5) };
        _world.Hangs = true;
        _servers.Tell(new ToolServersActor.Reach("/proj", _spec), _asker.Ref);
        _asker.ExpectNothing(TimeSpan.FromSeconds(4));

        var reached = _asker.Expect<ToolServerActor.Reached>();
        Assert.Equal((null, "It did not start and list its tools within 5 s."), (reached.Connection, reached.Error));

        // The next attempt hangs too.
        Time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(2, _world.Attempts.Count);
        Assert.NotNull(Reach().Error);
    }

    [Fact]
    public void Another_configuration_has_another_server_and_one_that_is_taken_out_none()
    {
        var first = Connected();
        Assert.Same(first, Reach().Connection);

        _spec = new LocalToolServer("toy", ["toy", "--new"]);
        var second = Reach().Connection;
        Assert.NotSame(first, second);
        Assert.Equal(1, first.Disposals);

        _servers.Tell(new ToolServersActor.EndUnconfigured("/elsewhere", []));
        RunDry();
        Assert.Equal(0, Connection.Disposals);
        _servers.Tell(new ToolServersActor.EndUnconfigured("/proj", []));
        RunDry();
        Assert.Equal(1, Connection.Disposals);
    }

    [Fact]
    public void A_server_that_is_not_asked_for_is_let_go_and_started_again_when_it_is()
    {
        var first = Connected();

        Time.Advance(TimeSpan.FromMinutes(29));
        Assert.Equal(0, first.Disposals);
        Time.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(1, first.Disposals);

        Assert.NotSame(first, Reach().Connection);
    }

    [Fact]
    public void The_end_of_this_server_is_the_end_of_all_of_them()
    {
        var first = Connected();

        _servers.Tell(PoisonPill.Instance);
        RunDry();

        Assert.Equal(1, first.Disposals);
    }

    [Fact]
    public void What_a_file_of_the_project_starts_is_logged_once()
    {
        _spec = new LocalToolServer("toy", ["./tool", "s3cr3t"]) { ProjectFile = "/proj/opencode.json" };
        Connected().Die("It ended.");
        RunDry();
        Reach();
        Assert.Equal(2, _world.Attempts.Count);

        var told = Assert.Single(Logs.Records, static record => record.EventId == 6513);
        Assert.Equal((LogLevel.Warning, true, false), (told.Level, told.Message.Contains("'./tool' is used since /proj/opencode.json", StringComparison.Ordinal), told.Message.Contains("s3cr3t", StringComparison.Ordinal)));
        _spec = new LocalToolServer("own", ["tool"]);
        Connected();
        Assert.Single(Logs.Records, static record => record.EventId == 6513);
    }

    private ScriptedConnection Connected()
    {
        Reach();
        return Connection;
    }

    private ToolServerActor.Reached Reach(string directory = "/proj") => Ask(new ToolServersActor.Reach(directory, _spec));

    private ToolServerActor.Reached Ask(ToolServersActor.Reach message)
    {
        _servers.Tell(message, _asker.Ref);
        return _asker.Expect<ToolServerActor.Reached>();
    }
}
