using Akka.Actor;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using OpenCode.Actors.Journal;
using OpenCode.Actors.Streams;
using OpenCode.Actors.Streams.Clients;
using OpenCode.Actors.Streams.Log;
using OpenCode.Actors.Streams.Metrics;
using OpenCode.Actors.Streams.Settings;
using OpenCode.Actors.Tests.TestKit;
using OpenCode.Actors.Tests.TestKit.Doors;

namespace OpenCode.Actors.Tests.Streams;

/// <summary>The wiring as a host has it, with real threads; the clocks stand.</summary>
public sealed class EventStreamServicesTests
{
    [Fact]
    public async Task A_host_serves_streams_and_resets_them_when_it_stops()
    {
        using var host = NewHost();
        await host.StartAsync();
        var hub = host.Services.GetRequiredService<IRequiredActor<StreamHubActor>>().ActorRef;
        var greeted = new TaskCompletionSource();
        var writer = new RecordingSseWriter { Watch = _ => greeted.TrySetResult() };
        var request = new StreamRequest(StreamKind.Wrapped, location: null, sessionId: null, cursor: null, writer);

        await OtherThreads.EndAsync(hub.Ask<StreamHubActor.Connected>(new StreamHubActor.Connect(request)));
        await OtherThreads.EndAsync(greeted.Task); // A barrier of offset 0 does not wait for the greeting.
        var flushed = await OtherThreads.EndAsync(hub.Ask<StreamHubActor.Flushed>(new StreamHubActor.WaitFlushed(Location: null, 0)));
        await host.StopAsync();

        Assert.Equal(new StreamHubActor.Flushed(null, 0), flushed);
        Assert.Equal(StreamEndReason.Drained, (await OtherThreads.EndAsync(request.Ended)).Reason);
        Assert.Equal("server.connected", writer.Events[0].Type);
        Assert.Equal(StreamEndReason.Drained, writer.ResetBy!.Reason);
        Assert.Equal(0, host.Services.GetRequiredService<EventStreamMetrics>().Open);
    }

    [Fact]
    public async Task The_actors_are_there_under_their_keys()
    {
        using var host = NewHost();
        await host.StartAsync();

        var log = host.Services.GetRequiredService<IRequiredActor<EventLogActor>>().ActorRef;

        Assert.Equal(new LogTailActor.Reached(0), await OtherThreads.EndAsync(log.Ask<LogTailActor.Reached>(new LogTailActor.ReportAt(0))));
        await host.StopAsync();
    }

    [Fact]
    public void A_bad_option_is_refused_with_its_key()
    {
        using var host = NewHost(options => options.HeartbeatMs = 1);

        var refusal = Assert.Throws<OptionsValidationException>(() => host.Services.GetRequiredService<IOptions<EventStreamOptions>>().Value);

        Assert.Contains("server.event_stream.heartbeat_ms", refusal.Message, StringComparison.Ordinal);
    }

    private static IHost NewHost(Action<EventStreamOptions>? configure = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(settings: null);
        builder.Services
            .AddSingleton<IJournal>(new ScriptedJournal())
            .AddSingleton<TimeProvider>(new VirtualTime())
            .AddEventStreams(configure ?? (static options => options.HeadStartMs = 0))
            .AddAkka("opencode", akka => akka
                .AddHocon("akka { scheduler.implementation = \"Akka.TestKit.TestScheduler, Akka.TestKit\", stdout-loglevel = off, loglevel = off, coordinated-shutdown { exit-clr = off, run-by-clr-shutdown-hook = off } }", HoconAddMode.Prepend)
                .AddEventStreams());
        return builder.Build();
    }
}
