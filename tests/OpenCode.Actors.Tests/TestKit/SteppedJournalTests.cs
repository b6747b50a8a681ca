using System.Globalization;
using Akka.Actor;
using OpenCode.Actors.Journal;
using OpenCode.Actors.Journal.Batches;
using OpenCode.Actors.Tests.Journal.Memory;

namespace OpenCode.Actors.Tests.TestKit;

public sealed class SteppedJournalTests
{
    [Fact]
    public async Task Appends_keep_the_order_of_their_calls_under_any_seed()
    {
        for (var seed = 1UL; seed <= 20; seed++)
        {
            await using var kit = new Kit(seed);
            await kit.OpenAsync();
            for (var i = 0; i < 10; i++)
                kit.Writer.Tell(i);
            kit.RunDry();

            Assert.Equal(Enumerable.Range(0, 10).Select(i => $"e{i}"), (await kit.ReadInsideAsync()).Select(entry => entry.EventId));
            Assert.Equal(10, (await kit.AskAsync<List<long>>(kit.Writer, "offsets")).Count);
        }
    }

    [Fact]
    public async Task The_seed_orders_the_answers()
    {
        var orders = new HashSet<string>(StringComparer.Ordinal);
        for (var seed = 1UL; seed <= 20; seed++)
        {
            await using var kit = new Kit(seed);
            await kit.OpenAsync();
            for (var i = 0; i < 5; i++)
                kit.Writer.Tell(i);
            kit.RunDry();
            orders.Add(string.Join(' ', await kit.AskAsync<List<long>>(kit.Writer, "offsets")));
        }

        Assert.InRange(orders.Count, 5, 20);
    }

    [Fact]
    public async Task An_async_handler_reads_pages_and_rows_on_its_own_thread()
    {
        await using var kit = new Kit(1);
        await kit.OpenAsync();
        for (var i = 0; i < 3; i++)
            kit.Writer.Tell(i);
        kit.RunDry();

        Assert.Equal(3, await kit.AskAsync<int>(kit.Writer, "read"));
        Assert.Equal(3, await kit.AskAsync<int>(kit.Writer, "load"));
        Assert.Equal(3, await kit.AskAsync<int>(kit.Writer, "list"));
    }

    [Fact]
    public async Task A_wait_for_the_head_ends_with_an_append_or_with_its_token()
    {
        await using var kit = new Kit(2);
        await kit.OpenAsync();
        kit.Writer.Tell("wait");
        kit.RunDry();
        kit.Writer.Tell(1);
        kit.RunDry();
        Assert.Equal("beyond", await kit.AskAsync<string>(kit.Writer, "waited"));

        kit.Writer.Tell("wait");
        kit.RunDry();
        kit.Writer.Tell("cancel");
        kit.RunDry();
        Assert.Equal("cancelled", await kit.AskAsync<string>(kit.Writer, "waited"));
    }

    [Fact]
    public async Task An_append_waits_for_a_held_sync()
    {
        await using var kit = new Kit(3);
        await kit.OpenAsync();
        kit.Disk.HoldSyncs();
        kit.Writer.Tell(1);
        kit.RunDry();
        Assert.Empty(await kit.AskAsync<List<long>>(kit.Writer, "offsets"));

        kit.Disk.ReleaseSyncs();
        kit.RunDry();

        Assert.Single(await kit.AskAsync<List<long>>(kit.Writer, "offsets"));
    }

    [Fact]
    public async Task The_death_of_the_journal_is_a_step()
    {
        await using var kit = new Kit(4);
        await kit.OpenAsync();
        var probe = kit.CreateProbe();
        var other = kit.CreateProbe();
        _ = kit.Simulation.Do(() => kit.Journal.Died.PipeTo(probe.Ref));
        _ = kit.Simulation.Do(() => kit.Journal.Died.PipeTo(other.Ref));

        kit.Disk.FailSyncs = true;
        kit.Writer.Tell(1);

        probe.Expect<JournalFailedException>();
        other.Expect<JournalFailedException>();
    }

    private sealed class Kit(ulong seed) : HubTestKit(seed)
    {
        private BatchJournal _inside = null!;

        public MemoryDisk Disk { get; } = new();

        public SteppedJournal Journal { get; private set; } = null!;

        public IActorRef Writer { get; private set; } = null!;

        public async Task OpenAsync()
        {
            _inside = await Disk.OpenAsync(new JournalOptions(), Time);
            Journal = new SteppedJournal(_inside, Simulation);
            Writer = Spawn(Props.Create(() => new WriterActor(Journal)));
            RunDry();
        }

        public async Task<List<LogEntry>> ReadInsideAsync()
        {
            var entries = new List<LogEntry>();
            await foreach (var page in _inside.ReadAsync(0, EntryFilter.All, CancellationToken.None))
                entries.AddRange(page.Entries);
            return entries;
        }
    }

    private sealed class WriterActor : ReceiveActor
    {
        private readonly IJournal _journal;
        private readonly List<long> _offsets = [];
        private readonly CancellationTokenSource _cancellation = new();
        private string _waited = "not yet";

        public WriterActor(IJournal journal)
        {
            _journal = journal;
            Receive<int>(Append);
            Receive<long>(_offsets.Add);
            Receive<Ended>(m => _waited = m.How);
            Receive<string>(m => m == "offsets", _ => Sender.Tell(_offsets.ToList()));
            Receive<string>(m => m == "waited", _ => Sender.Tell(_waited));
            Receive<string>(m => m == "cancel", _ => _cancellation.Cancel());
            Receive<string>(m => m == "wait", _ => Wait());
            ReceiveAsync<string>(CountAsync);
        }

        protected override void PostStop() => _cancellation.Dispose();

        private void Append(int number)
        {
            var change = new StateChange("kind", "owner", number.ToString(CultureInfo.InvariantCulture), "{}"u8.ToArray());
            _ = _journal.AppendAsync(new JournalBatch([new EntryDraft($"e{number}", "t", null, null, null, -1, Durable: true, "{}"u8.ToArray())], [change]), CancellationToken.None)
                .AsTask().PipeTo(Self);
        }

        private void Wait() => _ = _journal.WaitBeyondAsync(_journal.Head, _cancellation.Token).AsTask()
            .PipeTo(Self, success: () => new Ended("beyond"), failure: e => new Ended(e is OperationCanceledException ? "cancelled" : e.Message));

        private async Task CountAsync(string what)
        {
            var count = 0;
            if (what == "read")
            {
                await foreach (var page in _journal.ReadAsync(0, EntryFilter.All, CancellationToken.None))
                    count += page.Entries.Count;
            }
            else
            {
                var rows = what == "load" ? _journal.LoadAsync("owner", CancellationToken.None) : _journal.ListAsync("kind", CancellationToken.None);
                await foreach (var row in rows)
                    count++;
            }

            Sender.Tell(count);
        }

        private sealed record Ended(string How);
    }
}
