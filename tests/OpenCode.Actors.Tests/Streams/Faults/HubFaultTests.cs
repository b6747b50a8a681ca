using Akka.Actor;
using OpenCode.Actors.Streams.Clients;

namespace OpenCode.Actors.Tests.Streams.Faults;

/// <summary>The parent of all clients fails: every request ends by a reset, and the clients come back to its successor with their cursors.</summary>
public sealed class HubFaultTests : StreamsKit
{
    [Fact]
    public void A_hub_that_is_restarted_resets_every_stream_and_lets_the_clients_in_again()
    {
        Start();
        var clients = Enumerable.Range(0, 20).Select(_ => ConnectWrapped()).ToList();
        Append(Journal.Event());

        FailHub();
        Append(Journal.Event());
        var back = clients.Select(client => ConnectWrapped(client.LastEventId)).ToList();

        Assert.All(clients, client => Assert.Equal(StreamEndReason.Broken, client.ResetBy!.Reason));
        Assert.All(clients, client => Assert.Equal([Id(1)], client.LogEvents.Select(e => e.Id)));
        Assert.All(back, client => Assert.Equal([Id(2)], client.LogEvents.Select(e => e.Id)));
        ExpectOpen(20);
        Assert.Equal(20, Logs.Records.Count(r => r.EventId == 2002));
    }

    [Fact]
    public async Task A_hub_that_is_restarted_ends_also_a_request_whose_write_is_under_way()
    {
        Start();
        var writer = new RecordingSseWriter { Holds = true };
        var request = Wrapped(writer);
        Connect(request);

        FailHub();

        Assert.Equal(StreamEndReason.Broken, (await request.Ended).Reason);
        ExpectOpen(0);
    }

    [Fact]
    public async Task A_hub_that_dies_ends_every_request()
    {
        Start();
        var requests = Enumerable.Range(0, 20).Select(_ => Wrapped(new RecordingSseWriter())).ToList();
        requests.ForEach(request => Connect(request));

        Hub.Tell(Kill.Instance, ActorRefs.NoSender);
        Run();

        foreach (var request in requests)
            Assert.Equal(StreamEndReason.Broken, (await request.Ended).Reason);
        Assert.All(requests, request => Assert.NotNull(((RecordingSseWriter)request.Writer).ResetBy));
        Assert.Equal(0, Log.Ring.Readers);
        Assert.Equal(0, Metrics.Open);
        Assert.Equal(20, Logs.Records.Count(r => r.EventId == 2002));
    }

    [Fact]
    public async Task A_hub_that_dies_ends_also_a_request_whose_actor_failed_at_its_start()
    {
        Start();
        var request = Wrapped(new RecordingSseWriter(), Id(0));
        Journal.TimelineFault = new InvalidOperationException("A fault of ours.");

        // In one go: the hub never hears of the end of its child.
        Hub.Tell(new StreamHubActor.Connect(request), ActorRefs.NoSender);
        Hub.Tell(Kill.Instance, ActorRefs.NoSender);
        Run();

        Assert.Equal(StreamEndReason.Broken, (await request.Ended).Reason);
        Assert.Equal(0, Log.Ring.Readers);
    }

    [Fact]
    public async Task The_whole_system_may_stop_at_any_time()
    {
        Start();
        var requests = Enumerable.Range(0, 20).Select(i => Wrapped(new RecordingSseWriter { Holds = i % 2 == 0 })).ToList();
        requests.ForEach(request => Connect(request));

        await RunUntilAsync(Sys.Terminate()); // Its last callbacks run on the thread pool.

        Assert.All(requests, request => Assert.True(request.Ended.IsCompletedSuccessfully));
        Assert.Equal(0, Log.Ring.Readers);
    }

    // Without the parent of its streams it could let no client in.
    private void FailHub()
    {
        Sys.Stop(StreamSupervisor);
        Run();
    }
}
