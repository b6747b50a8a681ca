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
internal abstract class NodeWalk : HubTestKit
{
    private readonly Users _users;
    private readonly StrayMessages _strays;
    private int _lives;

    protected NodeWalk(ulong seed, bool keepTrace)
        : base(seed)
    {
        if (keepTrace)
            Simulation.KeepTrace();
        RunCoordinatedShutdown();
        Simulation.MaxSteps = 50_000;
        _ = Materializer;
        World = new World(this, seed);
        KnownEntries = new KnownLog(World.Promises);
        Answers = new Answers(World, KnownEntries);
        _users = new Users(World, Answers);
        Provider = new Provider(World);
        Troubles = new Troubles(World);
        _strays = new StrayMessages(this, Troubles, World.Promises);
        TimeRace = World.OneIn(2) ? 0.01 : 0;
        Node = Start(powerWasCut: false);
        for (var i = 0; i < 4; i++)
            Clients.Add(i % 2 == 0 ? NewClient(StreamKind.Bare, i == 0 ? "/a" : "/b") : NewClient(StreamKind.Wrapped));
    }

    public IReadOnlyList<string> Broken => World.Promises.Broken;

    protected World World { get; }

    protected KnownLog KnownEntries { get; }

    protected Answers Answers { get; }

    protected Provider Provider { get; }

    protected Troubles Troubles { get; }

    protected List<CheckedClient> Clients { get; } = [];

    protected HubNode Node { get; private set; }

    protected double TimeRace { get; set; }

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

    /// <summary>Ends a walk without faults: everything comes to rest and is checked.</summary>
    protected abstract void ComeToRest();

    private CheckedClient NewClient(StreamKind kind, string? location = null, string? session = null)
    {
        var name = $"{Clients.Count} ({kind})";
        return new(kind, location, session, KnownEntries.Entries, KnownEntries.KeptOf, what => World.Promises.Break($"Client {name} {what}."));
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
        var client = World.Pick(Clients);
        switch (World.Dice.Next(100))
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
                Provider.ModelActs();
                break;
            case < 54:
                Simulation.Say("tool");
                Provider.ToolActs();
                break;
            case < 60:
                Reply();
                break;
            case < 68:
                Simulation.Say("connect");
                client.Connect(Node.Hub, Node.Journal);
                break;
            case < 80:
                Simulation.Say("connection");
                Troubles.Connection(client);
                break;
            case < 88:
                Simulation.Say("time");
                Time.Advance(TimeSpan.FromMilliseconds(World.OneIn(10) ? World.Dice.Next(100_000) : World.Dice.Next(4_000)));
                break;
            case < 92:
                Simulation.Say("disk");
                Troubles.Disk();
                break;
            case < 97:
                Simulation.Say("actor");
                Troubles.Actor(Node, client);
                break;
            default:
                Restart();
                break;
        }
    }

    private void ActAsUser()
    {
        switch (World.Dice.Next(14))
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
                if (World.OneIn(3))
                    Say("delete", _users.Delete);
                break;
        }
    }

    private void Say(string what, Action<HubNode> act)
    {
        Simulation.Say(what);
        act(Node);
    }

    private void Reply()
    {
        var asked = KnownEntries.Entries.Where(static entry => entry.Type is "permission.asked" or "question.asked").TakeLast(3).ToList();
        if (asked.Count > 0)
            Say("reply", node => _users.Reply(node, World.Pick(asked)));
    }

    private void Connect()
    {
        // A client of one session joins when there is one, and goes on when it is deleted.
        if (Clients.Count < 6 && _users.Sessions.Count > Clients.Count - 4)
            Clients.Add(NewClient(StreamKind.Session, session: _users.Sessions[^1].Value));
        foreach (var client in Clients)
            client.Connect(Node.Hub, Node.Journal);
    }

    private void RunSome()
    {
        if (World.OneIn(3))
        {
            RunDry();
            Look();
            foreach (var client in Clients)
                client.ExpectAll();
            return;
        }

        for (var steps = World.Dice.Next(30); steps > 0 && Simulation.RunOne(); steps--)
        {
        }
    }

    protected void Look()
    {
        Look(Node);
        _strays.Look(Node);
        if (Node.IsDead)
            Kill(powerIsCut: false, "journal died");
        else if (_strays.TakeLogLost())
            StopGracefully("log lost");
    }

    private void Restart()
    {
        if (World.Dice.Next(4) == 0)
            StopGracefully("stopped");
        else
            Kill(powerIsCut: World.OneIn(2), "killed");
    }

    // As SIGTERM: turns closed first, streams reset, actors stopped, the journal closed.
    private void StopGracefully(string why)
    {
        Simulation.Say(why);
        Troubles.Count(why);
        Simulation.TimeRace = 0; // A bound of seconds holds where steps take none.
        _ = Node.Region.Ask<object>(new LocalSessionRegion.Quiesce());
        Time.Advance(TimeSpan.FromSeconds(2));
        Look(Node);
        var drained = Node.Hub.Ask<object>(new StreamHubActor.Drain());
        Time.Advance(TimeSpan.FromSeconds(3));
        Look(Node);
        World.Promises.Expect(drained.IsCompleted, "The streams are not drained within 3 s.");
        Troubles.MendDisk(); // The journal is closed in good order.
        RunDry();
        Look(Node);
        EndLife(powerIsCut: false, () => Node.Journal.DisposeAsync().AsTask().GetAwaiter().GetResult());
    }

    protected void Kill(bool powerIsCut, string why)
    {
        var kind = powerIsCut ? "power cut" : why;
        Simulation.Say(kind);
        Troubles.Count(kind);
        EndLife(powerIsCut, powerIsCut ? World.Disk.Crash : World.Disk.Kill);
    }

    private void EndLife(bool powerIsCut, Action end)
    {
        Look(Node);
        foreach (var client in Clients)
            client.Cut();

        World.Disk.Observe = null;
        end();
        Node.Stop(this);
        RunDry();
        Troubles.MendDisk();
        RunDry();
        _strays.Forget();
        Answers.Forget();
        Node = Start(powerIsCut);
    }

    private HubNode Start(bool powerWasCut)
    {
        Simulation.TimeRace = TimeRace;
        var node = new HubNode(World, ++_lives);
        KnownEntries.BeginLife(node.Journal, powerWasCut);

        // Before each write: retention may take entries in the same step.
        World.Disk.Observe = () => KnownEntries.Take(node.Journal, Troubles.SyncsAreHeld);
        return node;
    }

    private void Look(HubNode node)
    {
        KnownEntries.Take(node.Journal, Troubles.SyncsAreHeld);
        Answers.Look();
        foreach (var client in Clients)
            client.Check();
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (disposing)
            World.Meters.Dispose();
    }
}
