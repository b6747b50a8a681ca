using System.Diagnostics.Metrics;
using OpenCode.Actors.Journal;
using OpenCode.Actors.Server.Answers;
using OpenCode.Actors.Server.Config;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace OpenCode.Actors.Server.Telemetry;

/// <summary>Collects the meters of this server and of the runtime for <c>/metrics</c>. With <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> it sends them, and traces, to that collector.</summary>
internal sealed class Collection : IDisposable
{
    private const string CollectorVariable = "OTEL_EXPORTER_OTLP_ENDPOINT";
    private const string RuntimeMeter = "System.Runtime";
    private const string RequestSource = "Microsoft.AspNetCore";

    // What a collector that does not answer may add to the 5 s of a stop, for the traces and again for the meters.
    private const int LastExportMs = 1_000;

    // By name: for a pattern the SDK makes a regular expression at the start.
    private static readonly string[] _names =
        ["OpenCode.Actors", "OpenCode.Actors.Clustering", "OpenCode.Actors.Journal", "OpenCode.Actors.Sessions", "OpenCode.Actors.Storage.Postgres",
            "OpenCode.Actors.Streams", RuntimeMeter];

    // Of one metric: reasons, actors, nodes. The SDK makes room for all at the start, 200 kB a metric at its default of 2,000.
    private const int MostSeries = 250;

    private static readonly MetricStreamConfiguration _plain = new() { CardinalityLimit = MostSeries };
    private static readonly ExplicitBucketHistogramConfiguration _seconds = new() { CardinalityLimit = MostSeries, Boundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] };
    private static readonly ExplicitBucketHistogramConfiguration _counts = new() { CardinalityLimit = MostSeries, Boundaries = [1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000] };

    private readonly IMeterFactory _factory;
    private readonly bool _hasCollector;
    private readonly Lazy<MeterProvider> _meters;
    private TracerProvider? _traces;

    public Collection(IMeterFactory factory)
    {
        _factory = factory;
        _hasCollector = IsCollector(Environment.GetEnvironmentVariable(CollectorVariable));
        _meters = new(Build);
    }

    /// <summary>Gets the meters. They are collected from the first call on, which takes 40 ms; what was counted before is in no metric.</summary>
    public MeterProvider Meters => _meters.Value;

    public void Dispose()
    {
        if (!_meters.IsValueCreated)
            return;

        _traces?.Shutdown(LastExportMs);
        Meters.Shutdown(LastExportMs);
        _traces?.Dispose();
        Meters.Dispose();
    }

    /// <summary>Whether a collector is named. OpenTelemetry would take its default for an address that is none.</summary>
    /// <exception cref="ConfigException">It is no address.</exception>
    internal static bool IsCollector(string? address)
    {
        if (string.IsNullOrEmpty(address))
            return false;

        return Uri.TryCreate(address, UriKind.Absolute, out var url) && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps)
            ? true
            : throw new ConfigException([new ConfigMistake(CollectorVariable, "", $"'{address}' is no address of a collector; give one like http://127.0.0.1:4317.")]);
    }

    private MeterProvider Build()
    {
        try
        {
            if (_hasCollector)
                _traces = Sdk.CreateTracerProviderBuilder().ConfigureResource(Describe).AddSource(JournalTraces.SourceName, RequestSource).AddOtlpExporter().Build();
            return BuildMeters();
        }
        catch (Exception e) when (_hasCollector && e is (ArgumentException or FormatException or NotSupportedException))
        {
            throw new ConfigException([new ConfigMistake("OTEL_EXPORTER_OTLP_*", "", e.Message)]);
        }
    }

    private MeterProvider BuildMeters()
    {
        var meters = Sdk.CreateMeterProviderBuilder()
            .ConfigureResource(Describe)
            .AddMeter(_names)
            .AddView(ViewOf)
            .AddPrometheusExporter(static prometheus =>
            {
                prometheus.ScopeInfoEnabled = false;
                prometheus.TargetInfoEnabled = false;
                prometheus.ScrapeResponseCacheDurationMilliseconds = 0;
            });
        return (_hasCollector ? meters.AddOtlpExporter() : meters).Build();
    }

    // Meters of the same names may be those of another server in this process: they would become one with ours, and end with theirs.
    private MetricStreamConfiguration ViewOf(Instrument instrument)
    {
        if (instrument.Meter.Name == RuntimeMeter)
            return _plain;
        if (!ReferenceEquals(instrument.Meter.Scope, _factory))
            return MetricStreamConfiguration.Drop;

        return instrument is Histogram<double> or Histogram<int> ? instrument.Unit == "s" ? _seconds : _counts : _plain;
    }

    // OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES have the last word.
    private static void Describe(ResourceBuilder resource) => resource.AddService("opencode-actors", serviceVersion: Versions.Server).AddEnvironmentVariableDetector();
}
