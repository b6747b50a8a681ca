using System.Net.Sockets;
using Akka.Actor;
using Microsoft.AspNetCore.Connections;
using OpenCode.Actors.Journaling;
using OpenCode.Actors.Journaling.Nodes;
using OpenCode.Actors.Postgres;
using OpenCode.Actors.Server.Cluster;
using OpenCode.Actors.Server.Config;
using OpenCode.Actors.Server.Config.Doors;
using OpenCode.Actors.Server.Hosting;
using OpenCode.Actors.Server.Hosting.Doors;
using OpenCode.Actors.Server.Storage;

namespace OpenCode.Actors.Server.CommandLine;

/// <summary>Runs the server until it is stopped, and maps failures to exit codes.</summary>
internal static class ServeCommand
{
    public static async Task<int> RunAsync(ServeSettings settings)
    {
        if (settings.Refusal() is { } refusal)
            return await FailAsync(ExitCodes.BadOption, refusal);

        using var limit = new StopLimit(TimeProvider.System, Environment.Exit); // ends after the server is disposed of
        try
        {
            var configs = ConfigCatalog.Open(new MachineConfigSource(), settings.ConfigFile, settings.WorkingFolder);
            await using var app = Program.Build(settings, configs);
            limit.Watch(app.Lifetime, app.Services.GetRequiredService<ILogger<StopLimit>>());
            var routes = app.WarmUpRoutesAsync();
            await app.OpenStorageAsync();
            if (app.Services.GetService<ClusterSettings>() is not null)
                await Rehearsal.PlayAsync(app.Services.GetRequiredService<ILoggerFactory>().CreateLogger(nameof(Rehearsal)));
            if (!await StartAsync(app))
                return app.Services.GetRequiredService<GracefulStop>().ExitCode;

            await routes;
            await Console.Out.WriteLineAsync($"opencode server listening on {Address(app)}");
            await app.WaitForShutdownAsync();
            return app.Services.GetRequiredService<GracefulStop>().ExitCode;
        }
        catch (ConfigException e)
        {
            return await FailAsync(ExitCodes.BadOption, e.Message);
        }
        catch (Exception e) when (e is NotAdmittedException or DatabaseRefusedException)
        {
            return await FailAsync(ExitCodes.BadOption, e.Message);
        }
        catch (Exception e) when (e is DatabaseException or ArbiterAwayException)
        {
            return await FailAsync(ExitCodes.DataFolder, e.Message);
        }
        catch (JournalFailedException e)
        {
            return await FailAsync(ExitCodes.JournalDied, e.Message);
        }
        catch (JournalException e)
        {
            return await FailAsync(ExitCodes.DataFolder, e.Message);
        }
        catch (IOException e) when (e.InnerException is AddressInUseException)
        {
            return await FailAsync(ExitCodes.PortTaken, $"Port {settings.Port} of {settings.Hostname} is taken. Stop what listens there, or give another --port; 0 picks a free one.");
        }
        catch (SocketException e)
        {
            return await FailAsync(ExitCodes.BadOption, $"Cannot listen on {settings.Hostname}, port {settings.Port}: {e.Message}.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return await FailAsync(ExitCodes.DataFolder, $"The data folder '{settings.DataFolder}' cannot be used: {e.Message}");
        }
    }

    // The actors run before the port is open: without it they end in order too, and not because the journal goes from under them.
    // False if they have ended before the start did, which ends the start.
    private static async Task<bool> StartAsync(WebApplication app)
    {
        try
        {
            await app.StartAsync();
            return true;
        }
        catch (OperationCanceledException) when (app.Services.GetRequiredService<GracefulStop>().ExitCode != ExitCodes.Ok)
        {
            await CoordinatedShutdown.Get(app.Services.GetRequiredService<ActorSystem>()).Run(HostStops.Reason);
            return false;
        }
        catch
        {
            await CoordinatedShutdown.Get(app.Services.GetRequiredService<ActorSystem>()).Run(HostStops.Reason);
            throw;
        }
    }

    // Kestrel names the address it bound, with the real port.
    private static string Address(WebApplication app) => app.Urls.First();

    private static async Task<int> FailAsync(int code, string message)
    {
        await Console.Error.WriteLineAsync(message);
        return code;
    }
}
