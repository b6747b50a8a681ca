using Akka.Actor;
using OpenCode.Actors.Streams.Clients;

namespace OpenCode.Actors.Tests.Streams.Faults;

/// <summary>The promise of the product in one test, and what is left of clients that have ended: nothing.</summary>
public sealed class ManyClientsTests : StreamsKit
{
    [Fact]
    public void A_thousand_resets_two_hundred_failed_writes_and_twenty_stalls_end_exactly_those_and_twenty_healthy_clients_miss_nothing()
    {
        Start();
        var healthy = Enumerable.Range(0, 20).Select(_ => ConnectWrapped()).ToList();
        var stalled = Enumerable.Range(0, 20).Select(_ => ConnectWrapped()).ToList();
        stalled.ForEach(client => client.Holds = true);
        var faults = 0;
        var cuts = 0;

        for (var round = 1; round <= 100; round++)
        {
            var cut = Enumerable.Range(0, 10).Select(_ => Connect(Wrapped(new RecordingSseWriter()))).ToList();
            var faulty = Enumerable.Range(0, 2).Select(_ => ConnectWrapped()).ToList();
            faulty.ForEach(client => client.Fault = new IOException("reset by peer"));

            Append(Journal.Event(), Journal.DurableEvent("ses_1", round - 1));
            cut.ForEach(client => client.Tell(new SseClientActor.Disconnect(), ActorRefs.NoSender));
            Run();

            faults += faulty.Count;
            cuts += cut.Count;
            ExpectOpen(40);
        }

        Time.Advance(Options.WriteTimeout);
        ExpectOpen(20);
        ExpectEnds(faults + cuts + 20);
        Assert.Equal((1_000, 200, 20), (Ended("disconnected"), Ended("failed"), Ended("stalled")));
        var all = Enumerable.Range(1, 100).SelectMany(i => (string[])[Id((2 * i) - 1), Id(2 * i, suffix: ".1"), Id(2 * i)]).ToList();
        Assert.All(healthy, client => Assert.Equal(all, client.LogEvents.Select(e => e.Id)));
    }

    [Fact]
    public void Clients_that_are_reset_by_the_server_leave_nothing_behind()
    {
        Start();
        for (var i = 0; i < 1_000; i++)
        {
            var client = Connect(Bare(new RecordingSseWriter { Holds = i % 3 == 0 }, location: $"/{i % 7}"));
            client.Tell(new SseClientActor.Reset(new StreamEnd(StreamEndReason.Drained, "test")), ActorRefs.NoSender);
        }

        ExpectOpen(0);
        ExpectEnds(1_000);
    }

    [Fact]
    public async Task A_client_that_goes_before_its_stream_has_started_leaves_nothing_behind()
    {
        Start();
        const int Count = 50;
        for (var steps = 0; steps < Count; steps++)
        {
            // From the hub's answer on, each client is cut one step later than the one before.
            var answer = Hub.Ask<StreamHubActor.Connected>(new StreamHubActor.Connect(Wrapped(new RecordingSseWriter())));
            while (!answer.IsCompleted)
                Simulation.RunOne();
            for (var i = 0; i < steps % 10; i++)
                Simulation.RunOne();
            (await answer).Client.Tell(new SseClientActor.Disconnect(), ActorRefs.NoSender);
            Run();
        }

        ExpectOpen(0);
        ExpectEnds(Count);
    }

    private int Ended(string reason) => Logs.Records.Count(r => r.EventId == 2002 && r.Message.Contains($" ended, {reason},", StringComparison.Ordinal));
}
