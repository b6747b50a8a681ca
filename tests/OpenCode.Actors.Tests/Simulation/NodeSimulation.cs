using Akka.Actor;
using OpenCode.Actors.Sessions.Region;
using OpenCode.Actors.Streams.Clients;
using OpenCode.Actors.Tests.Streams;
using OpenCode.Actors.Tests.TestKit;

namespace OpenCode.Actors.Tests.Simulation;

/// <summary>
/// One whole node from one seed: users, model, tools, clients, disk and power do anything at any time, the seed orders the steps of all actors, and after every act
/// observers compare the outputs with the promises.
/// </summary>
internal sealed partial class NodeSimulation : HubTestKit
{
    private readonly World _world;
    private readonly KnownLog _log;
    private readonly Answers _answers;
    private readonly Users _users;
    private readonly Provider _provider;
    private readonly Troubles _troubles;
    private readonly StrayMessages _strays;
    private readonly List<CheckedClient> _clients = [];
    private HubNode _node;
    private double _timeRace;
    private int _lives;

    public NodeSimulation(ulong seed, bool keepTrace = false)
        : base(seed)
    {
        if (keepTrace)
            Simulation.KeepTrace();
        RunCoordinatedShutdown();
        Simulation.MaxSteps = 50_000;
        _ = Materializer;
        _world = new World(this, seed);
        _log = new KnownLog(_world.Promises);
        _answers = new Answers(_world, _log);
        _users = new Users(_world, _answers);
        _provider = new Provider(_world);
        _troubles = new Troubles(_world);
        _strays = new StrayMessages(this, _troubles, _world.Promises);
        _timeRace = _world.OneIn(2) ? 0.01 : 0;
        _node = Start(powerWasCut: false);
        for (var i = 0; i < 4; i++)
            _clients.Add(i % 2 == 0 ? NewClient(StreamKind.Bare, i == 0 ? "/a" : "/b") : NewClient(StreamKind.Wrapped));
    }

    public IReadOnlyList<string> Broken => _world.Promises.Broken;

    public int Commands => _answers.Count;

    public int Delivered => _clients.Sum(static client => client.Seen);

    public int Gaps => _clients.Sum(static client => client.Gaps);

    public IReadOnlyDictionary<string, int> Faults => _troubles.Counts;

    /// <summary>Plays until the acts are done or a promise is found broken, and then expects that all comes to rest.</summary>
    public void Play(int acts)
    {
        Connect();
        for (var act = 0; act < acts && Broken.Count == 0; act++)
        {
            Act();
            RunSome();
            Look();
        }

        if (Broken.Count == 0)
            ComeToRest();
    }

    private CheckedClient NewClient(StreamKind kind, string? location = null, string? session = null)
    {
        var name = $"{_clients.Count} ({kind})";
        return new(kind, location, session, _log.Entries, _log.KeptOf, what => _world.Promises.Break($"Client {name} {what}."));
    }

    // A node that loses its log ends by the coordinated shutdown, which goes over the thread pool. It has run already here; the log record tells that it was asked for.
    private void RunCoordinatedShutdown()
    {
        Simulation.WatchesEscapes = false;
        CoordinatedShutdown.Get(Sys).Run(CoordinatedShutdown.UnknownReason.Instance).GetAwaiter().GetResult();
        Simulation.WatchesEscapes = true;
    }

    private void Act()
    {
        var client = _world.Pick(_clients);
        switch (_world.Dice.Next(100))
        {
            case < 8:
                Say("prompt", _users.Prompt);
                break;
            case < 12:
                Say("publish", _users.Publish);
                break;
            case < 20:
                ActAsUser();
                break;
            case < 42:
                Simulation.Say("model");
                _provider.ModelActs();
                break;
            case < 54:
                Simulation.Say("tool");
                _provider.ToolActs();
                break;
            case < 60:
                Reply();
                break;
            case < 68:
                Simulation.Say("connect");
                client.Connect(_node.Hub, _node.Journal);
                break;
            case < 80:
                Simulation.Say("connection");
                _troubles.Connection(client);
                break;
            case < 88:
                Simulation.Say("time");
                Time.Advance(TimeSpan.FromMilliseconds(_world.OneIn(10) ? _world.Dice.Next(100_000) : _world.Dice.Next(4_000)));
                break;
            case < 92:
                Simulation.Say("disk");
                _troubles.Disk();
                break;
            case < 97:
                Simulation.Say("actor");
                _troubles.Actor(_node, client);
                break;
            default:
                Restart();
                break;
        }
    }

    private void ActAsUser()
    {
        switch (_world.Dice.Next(14))
        {
            case < 4:
                Say("create", _users.Create);
                break;
            case < 5:
                Say("abort", _users.Abort);
                break;
            case < 7:
                Say("rename", _users.Rename);
                break;
            case < 8:
                Say("list", _users.List);
                break;
            case < 9:
                Say("read", _users.Read);
                break;
            case < 10:
                Say("await turn", _users.AwaitTurn);
                break;
            case < 12:
                Say("send again", _users.SendAgain);
                break;
            default:
                if (_world.OneIn(3))
                    Say("delete", _users.Delete);
                break;
        }
    }

    private void Say(string what, Action<HubNode> act)
    {
        Simulation.Say(what);
        act(_node);
    }

    private void Reply()
    {
        var asked = _log.Entries.Where(static entry => entry.Type is "permission.asked" or "question.asked").TakeLast(3).ToList();
        if (asked.Count > 0)
            Say("reply", node => _users.Reply(node, _world.Pick(asked)));
    }

    private void Connect()
    {
        // A client of one session joins when there is one, and goes on when it is deleted.
        if (_clients.Count < 6 && _users.Sessions.Count > _clients.Count - 4)
            _clients.Add(NewClient(StreamKind.Session, session: _users.Sessions[^1].Value));
        foreach (var client in _clients)
            client.Connect(_node.Hub, _node.Journal);
    }

    private void RunSome()
    {
        if (_world.OneIn(3))
        {
            RunDry();
            Look();
            foreach (var client in _clients)
                client.ExpectAll();
            return;
        }

        for (var steps = _world.Dice.Next(30); steps > 0 && Simulation.RunOne(); steps--)
        {
        }
    }

    private void Look()
    {
        Look(_node);
        _strays.Look(_node);
        if (_node.IsDead)
            Kill(powerIsCut: false, "journal died");
        else if (_strays.TakeLogLost())
            StopGracefully("log lost");
    }

    private void Restart()
    {
        if (_world.Dice.Next(4) == 0)
            StopGracefully("stopped");
        else
            Kill(powerIsCut: _world.OneIn(2), "killed");
    }

    // As SIGTERM: turns closed first, streams reset, actors stopped, the journal closed.
    private void StopGracefully(string why)
    {
        Simulation.Say(why);
        _troubles.Count(why);
        Simulation.TimeRace = 0; // A bound of seconds holds where steps take none.
        _ = _node.Region.Ask<object>(new LocalSessionRegion.Quiesce());
        Time.Advance(TimeSpan.FromSeconds(2));
        Look(_node);
        var drained = _node.Hub.Ask<object>(StreamHubActor.Drain.Instance);
        Time.Advance(TimeSpan.FromSeconds(3));
        Look(_node);
        _world.Promises.Expect(drained.IsCompleted, "The streams are not drained within 3 s.");
        _troubles.MendDisk(); // The journal is closed in good order.
        RunDry();
        Look(_node);
        EndLife(powerIsCut: false, () => _node.Journal.DisposeAsync().AsTask().GetAwaiter().GetResult());
    }

    private void Kill(bool powerIsCut, string why)
    {
        var kind = powerIsCut ? "power cut" : why;
        Simulation.Say(kind);
        _troubles.Count(kind);
        EndLife(powerIsCut, powerIsCut ? _world.Disk.Crash : _world.Disk.Kill);
    }

    private void EndLife(bool powerIsCut, Action end)
    {
        Look(_node);
        foreach (var client in _clients)
            client.Cut();

        _world.Disk.Observe = null;
        end();
        _node.Stop(this);
        RunDry();
        _troubles.MendDisk();
        RunDry();
        _strays.Forget();
        _answers.Forget();
        _node = Start(powerIsCut);
    }

    private HubNode Start(bool powerWasCut)
    {
        Simulation.TimeRace = _timeRace;
        var node = new HubNode(_world, ++_lives);
        _log.BeginLife(node.Journal, powerWasCut);

        // Before each write: retention may take entries in the same step.
        _world.Disk.Observe = () => _log.Take(node.Journal, _troubles.SyncsAreHeld);
        return node;
    }

    private void Look(HubNode node)
    {
        _log.Take(node.Journal, _troubles.SyncsAreHeld);
        _answers.Look();
        foreach (var client in _clients)
            client.Check();
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (disposing)
            _world.Meters.Dispose();
    }
}
