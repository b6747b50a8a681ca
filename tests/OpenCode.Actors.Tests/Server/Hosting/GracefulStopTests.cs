using Akka.Actor;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using OpenCode.Actors.Server.Hosting;
using OpenCode.Actors.Server.Settings;
using OpenCode.Actors.Sessions.Readiness;
using OpenCode.Actors.Tests.Streams;
using OpenCode.Actors.Tests.TestKit;

namespace OpenCode.Actors.Tests.Server.Hosting;

/// <summary>Any end of the actors ends the process, and its exit code shows whether it was a requested stop.</summary>
public sealed class GracefulStopTests : HubTestKit
{
    private readonly ScriptedJournal _journal = new();
    private readonly StoppableApplication _application = new();

    [Fact]
    public void A_journal_that_dies_stops_the_server_whatever_it_was_doing()
    {
        var stop = Start();

        _journal.Die();

        Assert.True(_application.ApplicationStopping.IsCancellationRequested);
        Assert.Equal(ExitCodes.JournalDied, stop.ExitCode);
    }

    [Fact]
    public async Task A_shutdown_that_an_actor_began_stops_the_server_too()
    {
        var stop = Start();

        _ = CoordinatedShutdown.Get(Sys).Run(CoordinatedShutdown.UnknownReason.Instance);
        await RunUntilAsync(() => _application.ApplicationStopping.IsCancellationRequested); // the phases run on the pool

        Assert.True(_application.ApplicationStopping.IsCancellationRequested);
        Assert.Equal(ExitCodes.JournalDied, stop.ExitCode);
    }

    [Fact]
    public void A_shutdown_that_an_actor_began_before_the_start_stops_the_server_too()
    {
        Simulation.WatchesEscapes = false;
        _ = CoordinatedShutdown.Get(Sys).Run(CoordinatedShutdown.UnknownReason.Instance);

        var stop = Start();

        Assert.True(_application.ApplicationStopping.IsCancellationRequested);
        Assert.Equal(ExitCodes.JournalDied, stop.ExitCode);
    }

    [Fact]
    public void A_server_that_is_told_to_stop_ends_well_unless_the_journal_dies_meanwhile()
    {
        var stop = Start();

        _application.StopApplication();
        Assert.Equal(ExitCodes.Ok, stop.ExitCode);

        _journal.Die();
        Assert.Equal(ExitCodes.JournalDied, stop.ExitCode);
    }

    private GracefulStop Start()
    {
        // Continuations stay on this thread: xunit's context would send them to the pool.
        SynchronizationContext.SetSynchronizationContext(null);
        Simulation.WatchesEscapes = false; // Akka runs the phases of a shutdown on the pool
        var stop = new GracefulStop(Sys, _journal, new NodeAvailability(Time), _application, Time, NullLogger<GracefulStop>.Instance);
        Assert.True(stop.StartAsync(CancellationToken.None).IsCompletedSuccessfully);
        return stop;
    }
}
