using OpenCode.Actors.EndToEnd.Harness;

namespace OpenCode.Actors.EndToEnd.Sequences;

/// <summary>The same scenarios and expectations against the real opencode 1.18.33: the expectations are facts, and the comparison finds a difference where there is one.</summary>
public sealed class OpenCodeSequencesTests(OpenCodeSequenceServer server) : IClassFixture<OpenCodeSequenceServer>
{
    public static TheoryData<string> Names => [.. Scenarios.All.Keys];

    [SkippableTheory]
    [MemberData(nameof(Names))]
    public async Task The_real_server_sends_the_events_we_say_it_sends(string scenario)
    {
        Needs.Node();
        await using var stream = await server.Server.ListenAsync();
        await stream.WaitForTypeAsync("server.connected");

        await Scenarios.All[scenario](new Stage(server.Server.Api, stream, FakeProvider.Model));
        await Task.Delay(TimeSpan.FromSeconds(1)); // It has more to say after its first idle, and no position that would tell when it is done.
        await server.Server.Api.PublishToastAsync("the end");
        await stream.WaitForTypeAsync("tui.toast.show");

        var events = stream.Events.Where(e => e.Session is not null).ToList();
        ExpectedSequence.Load(scenario, ofOpenCode: true).AssertMatches(events);
        Assert.All(events, RequiredFields.AssertPresent);
    }
}
