using OpenCode.Actors.EndToEnd.Harness;

namespace OpenCode.Actors.EndToEnd.Sequences;

/// <summary>The event sequences of the real server, spoken by ours, and what else must hold in each.</summary>
public abstract class OurSequencesTests(OurSequenceServer server)
{
    protected async Task PlayAsync(string scenario, object model)
    {
        await using var stream = await server.Server.ListenAsync();
        await stream.WaitForTypeAsync("server.connected");

        await Scenarios.All[scenario](new Stage(server.Server.Api, stream, model));
        await server.Server.Api.PublishToastAsync("the end");
        await stream.WaitForTypeAsync("tui.toast.show"); // Whatever the scenario still had to say stands before it.

        ExpectedSequence.Load(scenario).AssertMatches(stream.Events);
        Assert.All(stream.Events, RequiredFields.AssertPresent);
        AssertDense(stream.Events);
        await AssertListedAsync(stream.Events);
    }

    /// <summary>Promise 1: one total order; this server has no other location, so nothing may be missing.</summary>
    private static void AssertDense(IReadOnlyList<SseFrame> events) =>
        Assert.Equal(Enumerable.Range(0, events.Count).Select(n => events[0].Offset + n), events.Select(e => e.Offset));

    /// <summary>What a client makes of the stream is what the server lists.</summary>
    private async Task AssertListedAsync(IReadOnlyList<SseFrame> events)
    {
        var deleted = events.Where(e => e.Type == "session.deleted").Select(e => e.Session);
        foreach (var session in events.Select(e => e.Session).OfType<string>().Distinct().Except(deleted))
            EventFold.Of(events, session!).AssertIs(await server.Server.Api.MessagesAsync(session!));
    }
}

/// <summary>With the model that is always there.</summary>
public sealed class EmbeddedSequencesTests(OurSequenceServer server) : OurSequencesTests(server), IClassFixture<OurSequenceServer>
{
    public static TheoryData<string> Names => [.. Scenarios.All.Keys.Except(Scenarios.OfProvider)];

    [Theory]
    [MemberData(nameof(Names))]
    public Task A_scenario_of_the_embedded_model_sends_the_events_of_the_real_server(string scenario) =>
        PlayAsync(scenario, new { providerID = "embedded", modelID = "assistant" });
}

/// <summary>With a provider over HTTP, as the configuration names it.</summary>
public sealed class ProviderSequencesTests(OurSequenceServer server) : OurSequencesTests(server), IClassFixture<OurSequenceServer>
{
    public static TheoryData<string> Names => [.. Scenarios.All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public Task A_scenario_of_a_provider_sends_the_events_of_the_real_server(string scenario) => PlayAsync(scenario, FakeProvider.Model);
}
