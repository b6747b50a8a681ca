namespace OpenCode.Actors.Tests.Streams;

/// <summary>Rule "Twin ids": the id between the two events that one entry becomes.</summary>
public sealed class TwinTests : StreamsKit
{
    [Fact]
    public void A_resume_between_twins_gets_only_the_second()
    {
        Start();
        Append(Journal.DurableEvent("ses_1", 0), Journal.DurableEvent("ses_1", 1));

        var client = ConnectWrapped(Id(1, suffix: ".1"));

        Assert.Equal([Id(1, suffix: ".1"), Id(1), Id(2, suffix: ".1"), Id(2)], client.Events.Select(e => e.Id));
        Assert.Equal(["server.connected", "sync", "session.updated", "sync"], client.Events.Select(e => e.Type));
    }

    [Fact]
    public void A_resume_between_twins_from_the_journal_gets_only_the_second()
    {
        Journal.Append(Journal.DurableEvent("ses_1", 0), Journal.DurableEvent("ses_1", 1));
        Start();

        var client = ConnectWrapped(Id(1, suffix: ".1"));

        Assert.Equal(["server.connected", "sync", "session.updated", "sync"], client.Events.Select(e => e.Type));
    }

    [Fact]
    public void On_a_stream_without_twins_the_id_between_them_is_the_position_itself()
    {
        Start();
        Append(Journal.DurableEvent("ses_1", 0), Journal.DurableEvent("ses_1", 1));

        var client = ConnectBare(Id(1, suffix: ".1"));

        Assert.Equal([Id(2)], client.LogEvents.Select(e => e.Id));
    }

    [Fact]
    public void On_an_entry_that_has_no_twin_the_id_between_twins_is_the_position_itself()
    {
        Start();
        Append(Journal.Event(), Journal.Event());

        var client = ConnectWrapped(Id(1, suffix: ".1"));

        Assert.Equal([Id(2)], client.LogEvents.Select(e => e.Id));
    }

    [Fact]
    public void A_heartbeat_between_twins_does_not_send_the_first_of_them_again()
    {
        Journal.Append(Journal.DurableEvent("ses_1", 0));
        var gate = new TaskCompletionSource();
        Start();
        Journal.Gate = gate.Task;
        var client = ConnectWrapped(Id(1, suffix: ".1"));

        Time.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal("server.heartbeat", client.Events[^1].Type);
        Assert.Equal(Id(1, suffix: ".1"), client.LastEventId);
        gate.SetResult();
        Run();
        Assert.Equal("sync", Assert.Single(client.LogEvents).Type);
    }
}
