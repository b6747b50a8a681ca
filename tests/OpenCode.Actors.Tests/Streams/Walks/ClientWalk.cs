using Akka.Actor;
using OpenCode.Actors.Streams.Clients;
using OpenCode.Actors.Tests.TestKit;

namespace OpenCode.Actors.Tests.Streams.Walks;

/// <summary>
/// A log, its publisher and its clients, driven by one seed: events are published, clients are cut, stall, fail and come back, the journal is slow and forgets, actors are killed,
/// the hub drains and another takes its place. After every act a few steps run, and each client is held against its model.
/// </summary>
internal sealed class ClientWalk : StreamsKit
{
    private static readonly string?[] _locations = ["/a", "/a", "/b", null];
    private static readonly string?[] _sessions = [null, "ses_1", "ses_2"];
    private static readonly int[] _rings = [2_000, 20_000, 1_000_000];

    private readonly SeededEntropy _choice;
    private readonly Dictionary<string, long> _sequences = [];
    private readonly List<CheckedClient> _clients = [];
    private readonly List<string> _broken = [];
    private TaskCompletionSource? _slow;
    private int _hubs;

    public ClientWalk(ulong seed)
        : base(seed)
    {
        _choice = new SeededEntropy(seed * 31);
        Options.RingBytes = _rings[_choice.Next(_rings.Length)];
        Options.HeartbeatMs = 1_000 + _choice.Next(5_000);
        Options.WriteTimeoutMs = 1_000 + _choice.Next(10_000);
        Journal.PageEntries = 1 + _choice.Next(40);
        Simulation.TimeRace = _choice.Next(2) == 0 ? 0 : 0.02;
        Publish(_choice.Next(30)); // Behind the ring from the start.
        Start();
        for (var i = 0; i < 6; i++)
            _clients.Add(NewClient((StreamKind)(i % 3)));
    }

    public List<(StreamRequest Request, Task<object> Answer)> Connections { get; } = [];

    public int Gaps => _clients.Sum(client => client.Gaps);

    public int Seen => _clients.Sum(client => client.Seen);

    public void Play(int acts)
    {
        _clients.ForEach(Connect);
        for (var act = 0; act < acts; act++)
        {
            Act(_clients[_choice.Next(_clients.Count)]);
            RunSome();
            _clients.ForEach(client => client.Check());
            Assert.Empty(_broken);
        }

        Finish();
    }

    private CheckedClient NewClient(StreamKind kind) => new(
        kind,
        kind == StreamKind.Bare ? "/a" : null,
        kind == StreamKind.Session ? "ses_1" : null,
        Journal.Entries,
        static _ => long.MaxValue,
        what => _broken.Add($"The {kind} client {what}."));

    private void Connect(CheckedClient client)
    {
        if (client.Connect(Hub, Journal) is { } connection)
            Connections.Add(connection);
    }

    private void Act(CheckedClient client)
    {
        switch (_choice.Next(32))
        {
            case < 10:
                Publish(1 + _choice.Next(8));
                break;
            case < 14:
                Connect(client);
                break;
            case < 16:
                client.Cut();
                break;
            case < 18 when client.Writer is { } writer:
                writer.Holds = _choice.Next(3) > 0;
                break;
            case < 21 when client.Writer is { IsWriting: true } writer:
                writer.Release();
                break;
            case < 24 when client.Writer is { } writer:
                BreakNextWrite(writer);
                break;
            case < 27:
                Time.Advance(TimeSpan.FromMilliseconds(_choice.Next(5_000)));
                break;
            case < 28:
                SlowDownOrHurryUp();
                break;
            case < 29:
                Journal.Floor = Math.Max(Journal.Floor, Log.Ring.End - _choice.Next(40)); // Never what the tail has not read.
                break;
            case < 30 when client.Actor is { } actor:
                actor.Tell(_choice.Next(2) == 0 ? Kill.Instance : PoisonPill.Instance, ActorRefs.NoSender);
                break;
            case < 31:
                Hub.Tell(new StreamHubActor.DisposeLocation("/a", Journal.Head), ActorRefs.NoSender);
                break;
            default:
                if (_choice.Next(4) == 0)
                    Drain();
                break;
        }
    }

    private void BreakNextWrite(RecordingSseWriter writer)
    {
        switch (_choice.Next(4))
        {
            case 0:
                writer.Fault = new IOException("reset by peer");
                break;
            case 1:
                writer.TakesHalfAFrame = true;
                break;
            case 2:
                writer.CutAfterFrames = writer.Frames + _choice.Next(4);
                break;
            default:
                if (writer.IsWriting)
                    writer.Fail(new OperationCanceledException());
                break;
        }
    }

    private void SlowDownOrHurryUp()
    {
        var slow = _slow;
        _slow = slow is null ? new TaskCompletionSource() : null;
        Journal.GateAt = _slow is { } gate ? after => after < Log.Ring.End ? gate.Task : Task.CompletedTask : static _ => Task.CompletedTask;
        slow?.SetResult();
    }

    private void Drain()
    {
        var drained = Hub.Ask<object>(new StreamHubActor.Drain());
        RunSome();
        Time.Advance(TimeSpan.FromSeconds(1));
        Run();

        Assert.True(drained.IsCompletedSuccessfully, "The hub is not drained.");
        Assert.Equal(0, Metrics.Open);
        StartHub($"clients{++_hubs}");
    }

    private void RunSome()
    {
        if (_choice.Next(3) == 0)
        {
            Run();
            return;
        }

        for (var steps = _choice.Next(30); steps > 0 && Simulation.RunOne(); steps--)
        {
        }
    }

    private void Publish(int count)
    {
        for (var i = 0; i < count; i++)
        {
            var location = _locations[_choice.Next(_locations.Length)];
            var session = _sessions[_choice.Next(_sessions.Length)];
            var bytes = _choice.Next(10) == 0 ? 3_000 : 20 + _choice.Next(200);
            var sequence = session is null ? -1 : _sequences.GetValueOrDefault(session);
            if (session is null || _choice.Next(2) == 0)
            {
                Journal.Append(Journal.Event(location, session, bytes));
                continue;
            }

            _sequences[session] = sequence + 1;
            Journal.Append(Journal.DurableEvent(session, sequence, location, bytes));
        }
    }

    // No more faults: a client that takes all has all as soon as nothing runs, and so has each that comes back.
    private void Finish()
    {
        Simulation.TimeRace = 0;
        if (_slow is not null)
            SlowDownOrHurryUp();
        Run();
        _clients.ForEach(client => client.TakeAll());
        Run();
        foreach (var client in _clients.Where(client => client.IsConnected))
        {
            client.Check();
            client.ExpectAll();
        }

        foreach (var client in _clients)
        {
            client.Cut();
            Run();
            Connect(client);
            Run();
            client.Check();
            Assert.True(client.IsConnected, "A client was not admitted.");
            client.ExpectAll();
            client.Cut();
        }

        Assert.Empty(_broken);
        ExpectOpen(0);
        var open = Connections.Where(connection => connection.Answer.Result is StreamHubActor.Connected).ToList();
        Assert.All(open, connection => Assert.True(connection.Request.Ended.IsCompletedSuccessfully));
        Assert.Equal(open.Count, Logs.Records.Count(r => r.EventId == 2002));
        Assert.DoesNotContain(Logs.Records, r => r.Exception is not null and not ActorKilledException);
    }
}
