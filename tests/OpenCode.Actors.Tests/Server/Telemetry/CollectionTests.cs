using System.Diagnostics.Metrics;
using System.Text.RegularExpressions;
using OpenCode.Actors.Clustering.Metrics;
using OpenCode.Actors.Journal;
using OpenCode.Actors.Server.Config;
using OpenCode.Actors.Server.Hosting;
using OpenCode.Actors.Server.Telemetry;
using OpenCode.Actors.Sessions.Metrics;
using OpenCode.Actors.Storage.Postgres.Batches;
using OpenCode.Actors.Streams.Metrics;
using OpenCode.Actors.Tests.Repository;
using OpenCode.Actors.Tests.Sessions;

namespace OpenCode.Actors.Tests.Server.Telemetry;

public sealed partial class CollectionTests : IDisposable
{
    private readonly CountingMeters _meters = new();
    private readonly Scrape _scrape;

    public CollectionTests() => _scrape = new Scrape(_meters);

    public void Dispose()
    {
        _scrape.Dispose();
        _meters.Dispose();
    }

    [Fact]
    public async Task Counters_gauges_and_histograms_have_their_unit_in_the_name()
    {
        var meter = _meters.Create("OpenCode.Actors");
        meter.CreateCounter<long>("opencode.test.events", "{event}").Add(2, new KeyValuePair<string, object?>("reason", "a \"b\"\n"));
        meter.CreateObservableGauge("opencode.test.ring.size", static () => 7, "By");
        var waits = meter.CreateHistogram<double>("opencode.test.wait", "s");
        waits.Record(0.002);
        waits.Record(99);
        meter.CreateHistogram<int>("opencode.test.batch.events", "{event}").Record(3);

        var lines = await _scrape.LinesAsync();

        Assert.Contains("opencode_test_events_total{reason=\"a \\\"b\\\"\\n\"} 2", lines);
        Assert.Contains("opencode_test_ring_size_bytes{} 7", lines);
        Assert.Contains("opencode_test_wait_seconds_bucket{le=\"0.001\"} 0", lines);
        Assert.Contains("opencode_test_wait_seconds_bucket{le=\"0.0025\"} 1", lines);
        Assert.Contains("opencode_test_wait_seconds_bucket{le=\"+Inf\"} 2", lines);
        Assert.Contains("opencode_test_wait_seconds_count{} 2", lines);
        Assert.Contains("opencode_test_batch_events_bucket{le=\"5\"} 1", lines);
    }

    [Fact]
    public async Task Each_metric_of_the_documentation_is_there()
    {
        using var journal = new JournalMetrics(_meters);
        using var postgres = new PostgresMetrics(_meters);
        using var streams = new EventStreamMetrics(_meters);
        using var cluster = new ClusterMetrics(_meters);
        _ = new SessionMetrics(_meters);
        _ = new ActorMetrics(_meters);
        using var all = new MeterListener { InstrumentPublished = (instrument, _) => RecordOnce(instrument) };
        all.Start();

        var served = (await _scrape.LinesAsync()).Select(static line => SeriesSuffix().Replace(line[..line.IndexOf('{', StringComparison.Ordinal)], "")).ToHashSet(StringComparer.Ordinal);
        var documented = MetricName().Matches(Checkout.Read("docs/operations.md")).Select(static match => match.Value).Distinct(StringComparer.Ordinal).ToList();

        Assert.True(documented.Count > 15);
        Assert.Equal([NeedsActors], documented.Where(name => !served.Contains(name)));
    }

    // It is made with the actors.
    private const string NeedsActors = "opencode_actors_mailbox_messages";

    [Fact]
    public async Task Meters_of_another_server_in_the_process_are_not_collected()
    {
        _meters.Create("OpenCode.Actors").CreateCounter<long>("opencode.test.events").Add(1);
        using (var other = new CountingMeters())
            other.Create("OpenCode.Actors").CreateCounter<long>("opencode.test.events").Add(10);

        Assert.Contains("opencode_test_events_total{} 1", await _scrape.LinesAsync());
    }

    [Theory]
    [InlineData("localhost:4317")]
    [InlineData("not an address")]
    [InlineData("ftp://127.0.0.1")]
    [InlineData("/var/run/otel")]
    public void What_is_no_address_of_a_collector_is_refused_by_name(string address) =>
        Assert.Contains("OTEL_EXPORTER_OTLP_ENDPOINT", Assert.Throws<ConfigException>(() => Collection.IsCollector(address)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(null, false)]
    [InlineData("", false)]
    [InlineData("http://127.0.0.1:4317", true)]
    [InlineData("https://collector.example/otlp", true)]
    public void A_collector_is_one_that_is_named(string? address, bool isCollector) => Assert.Equal(isCollector, Collection.IsCollector(address));

    private void RecordOnce(Instrument instrument)
    {
        if (!ReferenceEquals(instrument.Meter.Scope, _meters))
            return;

        switch (instrument)
        {
            case Counter<long> counter: counter.Add(1); break;
            case UpDownCounter<long> counter: counter.Add(1); break;
            case Histogram<double> histogram: histogram.Record(1); break;
            case Histogram<int> histogram: histogram.Record(1); break;
        }
    }

    [GeneratedRegex("_(bucket|sum|count)$", RegexOptions.ExplicitCapture)]
    private static partial Regex SeriesSuffix();

    [GeneratedRegex("opencode_[a-z]+_[a-z_]*[a-z]")]
    private static partial Regex MetricName();
}
