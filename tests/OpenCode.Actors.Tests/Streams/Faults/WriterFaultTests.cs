using Akka.Actor;
using OpenCode.Actors.Streams.Clients;

namespace OpenCode.Actors.Tests.Streams.Faults;

/// <summary>Whatever a client's connection does ends that client alone: publishers and 20 healthy clients do not notice.</summary>
public sealed class WriterFaultTests : StreamsKit
{
    private readonly List<RecordingSseWriter> _healthy = [];

    [Fact]
    public void A_writer_that_throws_ends_its_client_alone()
    {
        StartWithHealthyClients();
        var faulty = ConnectWrapped();
        faulty.Fault = new InvalidOperationException("The response is broken.");

        Append(Journal.Event());
        Append(Journal.Event());

        ExpectEndedAlone(faulty, StreamEndReason.Failed, "The response is broken.");
    }

    [Fact]
    public void A_writer_whose_flush_fails_later_ends_its_client_alone()
    {
        StartWithHealthyClients();
        var faulty = ConnectWrapped(writer: null);
        faulty.Holds = true;
        Append(Journal.Event());

        faulty.Fail(new IOException("reset by peer"));
        Append(Journal.Event());

        ExpectEndedAlone(faulty, StreamEndReason.Failed, "reset by peer");
    }

    [Fact]
    public void A_writer_whose_flush_is_cancelled_is_a_client_that_went_away()
    {
        StartWithHealthyClients();
        var faulty = ConnectWrapped();
        faulty.Holds = true;
        Append(Journal.Event());

        faulty.Fail(new OperationCanceledException());
        Append(Journal.Event());

        ExpectEndedAlone(faulty, StreamEndReason.Disconnected, "The client went away during a write.");
    }

    [Fact]
    public void A_writer_that_takes_half_a_frame_ends_its_client_alone_and_the_client_comes_back_for_the_whole()
    {
        StartWithHealthyClients();
        var faulty = ConnectWrapped();
        Append(Journal.Event());
        faulty.TakesHalfAFrame = true;

        Append(Journal.Event());

        ExpectEndedAlone(faulty, StreamEndReason.Failed, "The connection was reset after half a frame.");
        Assert.Equal([Id(2)], ConnectWrapped(faulty.LastEventId).LogEvents.Select(e => e.Id));
    }

    [Fact]
    public void A_writer_that_stalls_is_given_up_at_its_deadline()
    {
        StartWithHealthyClients();
        var faulty = ConnectWrapped();
        faulty.Holds = true;
        Append(Journal.Event());
        Append(Journal.Event());

        Time.Advance(Options.WriteTimeout - TimeSpan.FromMilliseconds(1));
        Assert.Null(faulty.ResetBy);
        Time.Advance(TimeSpan.FromMilliseconds(1));

        ExpectEndedAlone(faulty, StreamEndReason.Stalled, "The client took nothing for 20000 ms.");
    }

    [Fact]
    public void A_writer_that_throws_at_the_first_frame_ends_its_client_alone()
    {
        StartWithHealthyClients();
        var faulty = ConnectWrapped(writer: new RecordingSseWriter { Fault = new IOException("reset by peer") });

        Append(Journal.Event());
        Append(Journal.Event());

        ExpectEndedAlone(faulty, StreamEndReason.Failed, "reset by peer");
    }

    [Fact]
    public void A_writer_that_throws_at_its_reset_ends_its_client_all_the_same()
    {
        StartWithHealthyClients();
        var faulty = new RecordingSseWriter { Fault = new IOException("reset by peer"), ResetFault = new ObjectDisposedException("the response") };
        var request = Wrapped(faulty);
        Connect(request);

        Append(Journal.Event());
        Append(Journal.Event());

        Assert.True(request.Ended.IsCompletedSuccessfully);
        ExpectEndedAlone(faulty, StreamEndReason.Failed, "reset by peer");
    }

    [Fact]
    public void A_clean_end_that_fails_is_a_reset()
    {
        StartWithHealthyClients();
        var faulty = ConnectBare();
        faulty.EndFault = new IOException("reset by peer");

        Append(Journal.Event());
        Hub.Tell(new StreamHubActor.DisposeLocation("/a", 1), ActorRefs.NoSender);
        Append(Journal.Event());

        ExpectEndedAlone(faulty, StreamEndReason.Failed, "reset by peer");
    }

    [Fact]
    public void A_clean_end_that_stalls_is_given_up_at_the_deadline()
    {
        StartWithHealthyClients();
        var faulty = ConnectBare();
        faulty.HoldsEnd = true;
        Append(Journal.Event());
        Append(Journal.Event());
        Hub.Tell(new StreamHubActor.DisposeLocation("/a", 2), ActorRefs.NoSender);

        Time.Advance(Options.WriteTimeout);

        ExpectEndedAlone(faulty, StreamEndReason.Stalled, "The client took nothing for 20000 ms.");
    }

    private void StartWithHealthyClients()
    {
        Start();
        for (var i = 0; i < 20; i++)
            _healthy.Add(ConnectWrapped());
    }

    // By then two events were published.
    private void ExpectEndedAlone(RecordingSseWriter faulty, StreamEndReason reason, string detail)
    {
        Assert.Equal(new StreamEnd(reason, detail), faulty.ResetBy);
        Assert.All(_healthy, client => Assert.Equal([Id(1), Id(2)], client.LogEvents.Select(e => e.Id)));
        Assert.All(_healthy, client => Assert.Null(client.ResetBy));
        ExpectOpen(20);
        ExpectEnds(1);
    }
}
