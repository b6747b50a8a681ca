using Akka.Actor;
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
        catch (Exception e) when (StartFailure.Of(e, settings) is { } failure)
        {
            return await FailAsync(failure.ExitCode, failure.Message);
        }
    }

    // The actors run before the port is open: without it they end in order too, and not because the journal goes from under them.
    // False if they have ended, or the server was told to stop, before the start did, which ends the start.
    private static async Task<bool> StartAsync(WebApplication app)
    {
        try
        {
            await app.StartAsync();
            return true;
        }
        catch (OperationCanceledException) when (app.Lifetime.ApplicationStopping.IsCancellationRequested || app.Services.GetRequiredService<GracefulStop>().ExitCode != ExitCodes.Ok)
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
