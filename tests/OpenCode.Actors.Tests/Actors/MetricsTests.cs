using System.Diagnostics.Metrics;
using OpenCode.Actors;
using OpenCode.Actors.TestKit;

namespace OpenCode.Actors.Tests.Actors;

public sealed class MetricsTests
{
    [Fact]
    public void What_happens_in_the_system_is_counted()
    {
        using var meters = new Meters();
        var counts = new Dictionary<string, long>(StringComparer.Ordinal);
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (ReferenceEquals(instrument.Meter.Scope, meters))
                l.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => counts[instrument.Name] = counts.GetValueOrDefault(instrument.Name) + value);
        listener.Start();
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

    private sealed class Meters : IMeterFactory
    {
        private readonly List<Meter> _meters = [];

        public Meter Create(MeterOptions options)
        {
            options.Scope = this;
            var meter = new Meter(options);
            _meters.Add(meter);
            return meter;
        }

        public void Dispose() => _meters.ForEach(meter => meter.Dispose());
    }
}
