using System.Diagnostics;
using OpenCode.Actors.EndToEnd.Harness;

namespace OpenCode.Actors.EndToEnd.Sequences;

/// <summary>The same scenarios and expectations against the real opencode 1.18.33: the expectations are facts, and the comparison finds a difference where there is one.</summary>
public sealed class OpenCodeSequencesTests(OpenCodeSequenceServer server) : IClassFixture<OpenCodeSequenceServer>
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan _moment = TimeSpan.FromMilliseconds(300);

    public static TheoryData<string> Names => [.. Scenarios.All.Keys];

    [SkippableTheory]
    [MemberData(nameof(Names))]
    public async Task The_real_server_sends_the_events_we_say_it_sends(string scenario)
    {
        Needs.Node();
        await using var stream = await server.Server.ListenAsync();
        await stream.WaitForTypeAsync("server.connected");

        await Scenarios.All[scenario](new Stage(server.Server.Api, stream, FakeProvider.Model));

        // It has more to say after its first idle, and no position that would tell when it is done: what is expected, and then nothing for a moment.
        var expected = ExpectedSequence.Load(scenario, ofOpenCode: true);
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < _patience && Record.Exception(() => expected.AssertMatches(OfSessions(stream))) is not null;)
            await Task.Delay(100);
        await Task.Delay(_moment);
        await server.Server.Api.PublishToastAsync("the end");
        await stream.WaitForTypeAsync("tui.toast.show");

        var events = OfSessions(stream);
        expected.AssertMatches(events);
        Assert.All(events, RequiredFields.AssertPresent);
    }

    private static List<SseFrame> OfSessions(SseClient stream) => [.. stream.Events.Where(static e => e.Session is not null)];
}
