using Akka.Actor;
using OpenCode.Actors.Streams.Clients;

namespace OpenCode.Actors.Tests.Streams.Faults;

/// <summary>A client's actor or stream that fails by a fault of ours: the HTTP request ends by a reset whatever happens, so that the client comes back, and the log says why once.</summary>
public sealed class ClientActorFaultTests : StreamsKit
{
    private static readonly InvalidOperationException _fault = new("A fault of ours.");

    [Fact]
    public async Task An_actor_that_throws_in_PreStart_still_ends_its_request()
    {
        Start();
        var healthy = ConnectWrapped();
        var writer = new RecordingSseWriter();
        var request = Wrapped(writer, Id(0));
        Journal.TimelineFault = _fault; // The first thing that is looked at for a cursor.

        Connect(request);
        Journal.TimelineFault = null;
        Append(Journal.Event());

        // PostStop does not run behind a failed PreStart: the parent has done it.
        await ExpectBrokenAsync(request, writer, healthy: 1);
        Assert.Single(healthy.LogEvents);
    }

    [Fact]
    public async Task An_actor_that_throws_in_PreStart_behind_the_start_of_its_stream_ends_the_stream_too()
    {
        Start();
        Journal.Append(Journal.Event());
        Journal.VerifyFault = _fault; // Thrown on the call. The stream is registered with the ring by then.
        var writer = new RecordingSseWriter();
        var request = Wrapped(writer, Id(9));

        Connect(request);

        await ExpectBrokenAsync(request, writer);
    }

    [Fact]
    public async Task An_actor_that_throws_in_a_handler_ends_its_request()
    {
        Options.RingBytes = 1_000;
        Start();
        var writer = new RecordingSseWriter { Holds = true };
        var request = Wrapped(writer);
        Connect(request);
        for (var i = 0; i < 10; i++)
            Append(Journal.Event(bytes: 500));
        Journal.Floor = 5;
        Journal.TimelineFault = _fault; // The gap has an id.

        writer.Release();

        await ExpectBrokenAsync(request, writer);
    }

    [Fact]
    public async Task A_stream_that_fails_while_it_reads_ends_its_request()
    {
        Start();
        var writer = new RecordingSseWriter();
        var request = Wrapped(writer);
        Connect(request);
        Journal.TimelineFault = _fault; // A frame has an id.

        Append(Journal.Event());

        await ExpectBrokenAsync(request, writer);
    }

    [Fact]
    public async Task An_actor_that_is_killed_ends_its_request()
    {
        Start();
        var writer = new RecordingSseWriter();
        var request = Wrapped(writer);

        Connect(request).Tell(Kill.Instance, ActorRefs.NoSender);

        await ExpectBrokenAsync(request, writer, "Kill");
        Assert.Equal(1, writer.Writes);
    }

    [Fact]
    public async Task An_actor_that_is_stopped_ends_its_request()
    {
        Start();
        var writer = new RecordingSseWriter { Holds = true };
        var request = Wrapped(writer);
        var actor = Connect(request);

        Sys.Stop(actor);

        await ExpectBrokenAsync(request, writer, "The client's actor was stopped.");
    }

    [Fact]
    public async Task A_stream_that_is_stopped_ends_its_actor_and_its_request()
    {
        Start();
        var writer = new RecordingSseWriter();
        var request = Wrapped(writer);
        Connect(request);

        Sys.Stop(Assert.Single(RunningStreams));

        await ExpectBrokenAsync(request, writer, "The stream was stopped.");
    }

    [Fact]
    public void A_journal_that_cannot_be_read_ends_the_clients_that_need_it_and_no_other()
    {
        Journal.Append(Journal.Event(), Journal.Event());
        Start();
        var live = ConnectWrapped();
        Journal.ReadFault = after => after < 2 ? new IOException("The disk is on fire.") : null;

        var behind = ConnectWrapped(Id(0));
        Append(Journal.Event());

        Assert.Equal(new StreamEnd(StreamEndReason.Unreadable, "The disk is on fire."), behind.ResetBy);
        Assert.Single(live.LogEvents);
        ExpectOpen(1);
        ExpectEnds(1);
    }

    private async Task ExpectBrokenAsync(StreamRequest request, RecordingSseWriter writer, string detail = "A fault of ours.", int healthy = 0)
    {
        Run();
        Assert.True(request.Ended.IsCompletedSuccessfully, "The request goes on.");
        var end = await request.Ended;
        Assert.Equal(StreamEndReason.Broken, end.Reason);
        Assert.Contains(detail, end.Detail, StringComparison.Ordinal);
        Assert.Equal(end, writer.ResetBy);
        ExpectOpen(healthy);
        ExpectEnds(1);
    }
}
