using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using OpenCode.Actors.Server.Telemetry;
using OpenTelemetry.Metrics;

namespace OpenCode.Actors.Tests.Server.Telemetry;

/// <summary>What <c>/metrics</c> says of the meters of one factory.</summary>
internal sealed class Scrape : IDisposable
{
    private readonly Collection _collection;
    private readonly MeterProvider _provider;

    public Scrape(IMeterFactory meters)
    {
        _collection = new Collection(meters);
        _provider = _collection.Meters; // collects from here on
    }

    /// <summary>Gets the lines of our own metrics, without the comments.</summary>
    public async Task<IReadOnlyList<string>> LinesAsync()
    {
        await using var services = new ServiceCollection().AddOptions().AddLogging().BuildServiceProvider();
        var app = new ApplicationBuilder(services);
        app.UseOpenTelemetryPrometheusScrapingEndpoint(_provider, predicate: null, path: "/metrics", configureBranchedPipeline: null, optionsName: null);
        using var body = new MemoryStream();
        await app.Build()(new DefaultHttpContext { RequestServices = services, Request = { Method = "GET", Path = "/metrics" }, Response = { Body = body } });
        return [.. System.Text.Encoding.UTF8.GetString(body.ToArray()).Split('\n').Where(static line => line.StartsWith("opencode_", StringComparison.Ordinal))];
    }

    public void Dispose() => _collection.Dispose();
}
