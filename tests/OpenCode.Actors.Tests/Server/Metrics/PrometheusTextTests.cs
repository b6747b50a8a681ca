using System.Diagnostics.Metrics;
using OpenCode.Actors.Server.Metrics;

namespace OpenCode.Actors.Tests.Server.Metrics;

public sealed class PrometheusTextTests
{
    [Fact]
    public void Counters_gauges_and_histograms_are_written_with_unit_and_tags()
    {
        using var collector = new MetricCollector();
        using var meter = new Meter("OpenCode.Actors.PrometheusTextTests");
        var reason = new KeyValuePair<string, object?>("reason", "a \"b\"\n");
        meter.CreateCounter<long>("test.prom.events", "{event}", "Events.").Add(2, reason);
        meter.CreateObservableGauge("test.prom.ring.size", () => 7, "By", "Size.");
        var waits = meter.CreateHistogram<double>("test.prom.wait", "s", "Waits.");
        waits.Record(0.002);
        waits.Record(99);

        var text = PrometheusText.Write(collector.Collect().Where(f => f.Instrument.Meter == meter));

        Assert.Equal(
            """
            # HELP test_prom_events_total Events.
            # TYPE test_prom_events_total counter
            test_prom_events_total{reason="a \"b\"\n"} 2
            # HELP test_prom_ring_size_bytes Size.
            # TYPE test_prom_ring_size_bytes gauge
            test_prom_ring_size_bytes 7
            # HELP test_prom_wait_seconds Waits.
            # TYPE test_prom_wait_seconds histogram
            """,
            string.Join('\n', text.Split('\n')[..8]));
        Assert.Contains("test_prom_wait_seconds_bucket{le=\"0.0025\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("test_prom_wait_seconds_bucket{le=\"+Inf\"} 2\n", text, StringComparison.Ordinal);
        Assert.Contains("test_prom_wait_seconds_count 2\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Measurements_of_the_same_tags_add_up()
    {
        using var collector = new MetricCollector();
        using var meter = new Meter("OpenCode.Actors.PrometheusTextTests.Sums");
        var counter = meter.CreateUpDownCounter<int>("test.prom.open");
        counter.Add(3);
        counter.Add(-1);
        counter.Add(5, new KeyValuePair<string, object?>("kind", "x"));

        var series = collector.Collect().Single(f => f.Instrument.Meter == meter).Series;

        Assert.Equal([2.0, 5.0], series.Select(s => s.Read().Value));
    }
}
