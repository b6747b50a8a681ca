using System.Diagnostics.Metrics;
using OpenCode.Actors.TestKit;
using OpenCode.Actors.Tests.Specifications;

namespace OpenCode.Actors.Tests.Actors;

public sealed class MetricsTests
{
    [Fact]
    public void What_happens_in_the_system_is_counted()
    {
        using var meters = new RecordingMeters();
        var counts = meters.Totals;
        using (var kit = new MeteredKit(meters))
        {
            var live = counts["opencode.actors.live"];
            var actor = kit.Spawn(TestActor.PropsFor((_, _) => throw new InvalidOperationException()));
            Assert.Equal(live + 1, counts["opencode.actors.live"]);

            actor.Tell("fail");
            kit.System.DeadLetters.Tell("lost");
            kit.RunDry();
        }

        Assert.Equal(0, counts["opencode.actors.live"]);
        Assert.Equal(1, counts["opencode.actors.failures"]);
        Assert.Equal(1, counts["opencode.actors.restarts"]);
        Assert.Equal(1, counts["opencode.actors.dead_letters"]);
    }

    private sealed class MeteredKit(IMeterFactory meters) : ActorKit(configure: options => options.Meters = meters);
}
