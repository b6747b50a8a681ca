using Akka;
using Akka.Actor;
using Microsoft.Extensions.Logging;
using OpenCode.Actors.Journal;
using OpenCode.Actors.Streams.Clients;
using OpenCode.Actors.Streams.Log;

namespace OpenCode.Actors.Tests.Streams.Faults;

/// <summary>What the log does to its clients: a slow journal slows those behind the ring, a lost one ends the node, and no client is shown a log with a hole.</summary>
public sealed class LogFaultTests : StreamsKit
{
    private CoordinatedShutdown.Reason? _shutdown;

    [Fact]
    public async Task A_tail_that_dies_ends_the_node()
    {
        StartWatched();

        Kill("/user/log/tail");

        await ExpectLostAsync();
    }

    [Fact]
    public async Task A_reader_of_pages_that_dies_ends_the_node()
    {
        StartWatched();

        Kill("/user/log/pages");

        await ExpectLostAsync();
    }

    [Fact]
    public async Task A_journal_whose_tail_signal_is_lost_ends_the_node()
    {
        StartWatched();

        Journal.Fail(new JournalFailedException("sync of 1.log", "Start again.", null));
        Run();

        await ExpectLostAsync();
    }

    [Fact]
    public async Task A_journal_that_says_there_is_more_and_has_nothing_ends_the_node_and_does_not_spin()
    {
        StartWatched();
        Journal.SkipsAll = true;

        Append(Journal.Event());

        await ExpectLostAsync();
    }

    [Fact]
    public async Task The_streams_are_drained_when_the_node_ends_for_a_lost_log()
    {
        StartWatched();
        var client = ConnectWrapped();
        CoordinatedShutdown.Get(Sys).AddTask(CoordinatedShutdown.PhaseServiceStop, "drain", async () =>
        {
            await Hub.Ask<StreamHubActor.Drained>(new StreamHubActor.Drain());
            return Done.Instance;
        });

        Kill("/user/log/tail");
        await RunUntilAsync(() =>
        {
            Time.Advance(TimeSpan.FromMilliseconds(10));
            return client.ResetBy is not null;
        });

        Assert.Equal(StreamEndReason.Drained, client.ResetBy!.Reason);
    }

    [Fact]
    public void A_slow_journal_keeps_only_the_clients_behind_the_ring_waiting_and_they_get_heartbeats()
    {
        for (var i = 0; i < 10; i++)
            Journal.Append(Journal.Event());
        Start();
        var slow = new TaskCompletionSource();
        var live = ConnectWrapped();
        Journal.GateAt = after => after < 10 ? slow.Task : Task.CompletedTask;
        var behind = ConnectWrapped(Id(3));

        Append(Journal.Event());
        Time.Advance(Options.Heartbeat);

        Assert.Equal([Id(11)], live.LogEvents.Select(e => e.Id));
        Assert.Equal(["server.connected", "server.heartbeat"], behind.Events.Select(e => e.Type));
        Assert.Equal(Id(3), behind.LastEventId);
        slow.SetResult();
        Run();
        Assert.Equal(Enumerable.Range(4, 8).Select(i => Id(i)), behind.LogEvents.Select(e => e.Id));
        ExpectEnds(0);
    }

    [Fact]
    public void A_client_that_goes_while_its_page_is_read_leaves_nothing_behind()
    {
        Journal.Append(Journal.Event());
        Start();
        var slow = new TaskCompletionSource();
        Journal.GateAt = _ => slow.Task;
        var request = Wrapped(new RecordingSseWriter(), Id(0));
        var client = Connect(request);

        client.Tell(new SseClientActor.Disconnect(), ActorRefs.NoSender);
        Run();
        slow.SetResult();

        ExpectOpen(0);
        ExpectEnds(1);
    }

    private void StartWatched()
    {
        Simulation.WatchesEscapes = false;
        CoordinatedShutdown.Get(Sys).AddTask(CoordinatedShutdown.PhaseBeforeServiceUnbind, "seen", () =>
        {
            _shutdown = CoordinatedShutdown.Get(Sys).ShutdownReason;
            return Task.FromResult(Done.Instance);
        });
        Start();
    }

    private void Kill(string path)
    {
        Sys.ActorSelection(path).Tell(Akka.Actor.Kill.Instance, ActorRefs.NoSender);
        Run();
    }

    // The coordinated shutdown goes from phase to phase on the thread pool.
    private async Task ExpectLostAsync()
    {
        await RunUntilAsync(() => _shutdown is not null);
        Assert.Same(LogLostReason.Instance, _shutdown);
        Assert.Single(Logs.Records, r => r.EventId == 2001 && r.Level == LogLevel.Critical);
    }
}
