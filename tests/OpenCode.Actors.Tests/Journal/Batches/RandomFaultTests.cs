using OpenCode.Actors.Journal;
using OpenCode.Actors.Tests.Journal.Memory;
using OpenCode.Actors.Tests.TestKit;
using OpenCode.Actors.Tests.Specifications;
using Xunit.Abstractions;

namespace OpenCode.Actors.Tests.Journal.Batches;

/// <summary>Nodes on one store, with whatever may go wrong between them, from a seed.</summary>
public sealed class RandomFaultTests(ITestOutputHelper output) : BatchJournalKit
{
    private const int Shards = 4;

    private readonly ClusterModel _model = new();
    private readonly Dictionary<int, long> _tokens = [];
    private readonly List<JournalNode> _running = [];
    private SeededEntropy _random = new(0);
    private int _started;
    private int _told;

    public static TheoryData<ulong> Seeds { get; } = [.. Enumerable.Range(1, 20).Select(i => (ulong)i), (ulong)Random.Shared.NextInt64()];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Nothing_acknowledged_is_lost_nothing_comes_twice_and_all_see_one_order(ulong seed)
    {
        output.WriteLine($"seed {seed}");
        _random = new(seed);
        Options.RecentBytes = 4096;
        Options.RetainMs = 300_000_000_000;
        for (var shard = 0; shard < Shards; shard++)
            Own(shard);
        for (var i = 0; i < 2 + _random.Next(2); i++)
            Start();

        for (var step = 0; step < 300; step++)
            Step();

        Calm();
        _model.Check(Database, _running);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Over_disks_that_are_restored_under_running_nodes_a_cursor_that_is_resumed_saw_what_is_there(ulong seed)
    {
        output.WriteLine($"seed {seed}");
        _random = new(seed);
        Start();
        Start();
        Start();
        var backup = Database.Backup();
        for (var life = 0; life < 8; life++)
        {
            // Lives are named by the second they begin in.
            Advance(1);
            Database.RestoreAndStart(backup);
            for (var step = 0; step < 40; step++)
            {
                Step(withTakeovers: false);
                if (_random.Next(30) == 0)
                    backup = Database.Backup();
            }
        }

        Calm();
        _model.CheckCursors(Database);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Over_restored_backups_too_a_cursor_that_is_resumed_saw_what_is_there(ulong seed)
    {
        output.WriteLine($"seed {seed}");
        _random = new(seed);
        Start();
        Start();
        var backup = Database.Backup();
        for (var life = 0; life < 5; life++)
        {
            // As a restore has to be done: the store gets its new life before its first use. Lives are named by the second they begin in.
            Advance(1);
            Database.Restore(backup);
            Database.BeginLife();
            foreach (var node in _running.ToArray())
                Restart(node);
            for (var step = 0; step < 40; step++)
            {
                Step(withTakeovers: false);
                if (_random.Next(30) == 0)
                    backup = Database.Backup();
            }
        }

        Calm();
        _model.CheckCursors(Database);
    }

    private void Step(bool withTakeovers = true)
    {
        var node = _running[_random.Next(_running.Count)];
        switch (_random.Next(26))
        {
            case < 12:
                Append(node);
                break;
            case < 17:
                Advance(_random.Next(2_000) / 1_000.0);
                break;
            case 17:
                node.Store.Cut(!node.Store.IsCut);
                break;
            case 18:
                node.Store.Freeze();
                break;
            case 19:
                node.Store.Thaw();
                break;
            case 20:
                node.Store.Latency = TimeSpan.FromMilliseconds(_random.Next(3) * 40);
                break;
            case 21:
                node.Store.CutConnections();
                break;
            case 22 when withTakeovers:
                Own(_random.Next(Shards));
                break;
            case 23 when _random.Next(3) == 0:
                Restart(node);
                break;
            case 24 when _random.Next(3) == 0:
                Advance(1); // Its runs are named by the second they begin in.
                Database.Restart();
                break;
            case 25:
                _ = node.Journal.VerifyAsync(node.Journal.Timeline.Current, Database.Head + _random.Next(3), default).AsTask();
                break;
        }
    }

    private void Append(JournalNode node)
    {
        var entries = Enumerable.Range(0, 1 + _random.Next(4)).Select(_ => Make.Entry($"{_told++}", 10 + _random.Next(200))).ToArray();
        var changes = Enumerable.Range(0, _random.Next(4)).Select(_ => _random.Next(3) == 0
            ? Make.Delete("k", StateModel.Owners[_random.Next(2)], $"{_random.Next(4)}")
            : Make.Put("k", StateModel.Owners[_random.Next(2)], $"{_random.Next(4)}", $"{_told}")).ToArray();

        // Mostly under the token that holds, sometimes under the one before: a node that does not know yet.
        var shard = _random.Next(Shards);
        Fence[] fences = _tokens.Count > 0 && _random.Next(3) > 0 ? [new(shard, _tokens[shard] - (_random.Next(6) == 0 ? 1 : 0))] : [];
        _model.Tell(node, new(entries, changes) { Fences = fences });
    }

    private void Own(int shard)
    {
        var token = _tokens[shard] = _tokens.GetValueOrDefault(shard) + 1;
        Database.SetToken(shard, token);
        _model.Owned(shard, token, Database.Head);
    }

    private void Start()
    {
        var node = Open($"node-{++_started}");

        // Of its own: while a node closes, it draws on another thread.
        var random = new SeededEntropy(_random.NextUInt64());
        node.Store.Fault = _ => (StoreFault)(random.Next(12) is var dice && dice <= (int)StoreFault.Full ? dice : 0);
        node.Store.HintDelay = () => random.Next(4) switch { 0 => null, 1 => TimeSpan.FromMilliseconds(random.Next(3_000)), _ => TimeSpan.Zero };
        _running.Add(node);
        _model.Started(node);
    }

    private void Restart(JournalNode node)
    {
        node.Store.Thaw();
        node.Close();
        _running.Remove(node);
        Start();
    }

    /// <summary>Ends all faults and lets everything come to its end.</summary>
    private void Calm()
    {
        foreach (var node in _running)
        {
            node.Store.Fault = _ => StoreFault.None;
            node.Store.Latency = TimeSpan.Zero;
            node.Store.Thaw();
            node.Store.Cut(false);
        }

        // More than the longest pause between two tries.
        Advance(10);
    }
}
