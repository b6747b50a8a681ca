using Akka.Actor;
using Microsoft.AspNetCore.Hosting.Server;
using OpenCode.Actors.Server.CommandLine.Doors;
using OpenCode.Actors.Server.Composition;
using OpenCode.Actors.Server.Config;
using OpenCode.Actors.Server.Config.Doors;
using OpenCode.Actors.Server.Edge;
using OpenCode.Actors.Server.Front;
using OpenCode.Actors.Server.Front.Doors;
using OpenCode.Actors.Server.Hosting;
using OpenCode.Actors.Server.Hosting.Doors;
using OpenCode.Actors.Server.Settings;
using OpenCode.Actors.Server.Storage;
using OpenCode.Actors.Sessions.Files.Doors;
using OpenCode.Actors.Storage.Sqlite.Doors;
using HeldFolder = OpenCode.Actors.Storage.Sqlite.Doors.DataFolder;

namespace OpenCode.Actors.Server.CommandLine;

/// <summary>Runs the server until it is stopped, and maps failures to exit codes.</summary>
internal static class ServeCommand
{
    // A holder that starts tells where it listens when it has recovered.
    private static readonly TimeSpan _holderStarts = TimeSpan.FromSeconds(10);

    // A front that looks into a folder without a database holds it for some microseconds.
    private static readonly TimeSpan _lookAgain = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan _namesHolder = TimeSpan.FromSeconds(2);

    public static async Task<int> RunAsync(ServeSettings settings)
    {
        if (settings.Refusal() is { } refusal)
            return await FailAsync(ExitCodes.BadOption, refusal);

        foreach (var sentence in settings.WithoutEffect)
            await Console.Error.WriteLineAsync(sentence);

        try
        {
            var disk = new MachineFiles(Path.Combine(settings.DataFolder, HeldFolder.DatabaseFile));
            var files = new MachineConfigSource(disk, TimeProvider.System, new ProviderKeys(settings.DataFolder));
            var configs = ConfigCatalog.Open(files, settings.ConfigFile, settings.WorkingFolder);
            foreach (var sentence in configs.WithoutEffect)
                await Console.Error.WriteLineAsync(sentence);

            // A cluster has no folder that all nodes share, so no place for keys.
            if (ClusterSettings.Find(settings, configs.Server.Cluster) is not null)
                return await ServeAsync(settings, ConfigCatalog.Open(new MachineConfigSource(disk, TimeProvider.System), settings.ConfigFile, settings.WorkingFolder));

            SqliteLibrary.Load();
            var print = SettingsPrint.Take(files, settings.ConfigFile, MachineVariables.All());
            if (settings.Exclusive)
                return await ServeAloneAsync(settings, configs, print);

            var (folder, holder) = await HolderSearch.TakeOrFindAsync(settings.DataFolder, TimeProvider.System, _holderStarts);
            using (folder)
                return holder is null ? await ServeAsync(settings, configs, (folder!, print)) : await ServeThroughHolderAsync(settings, configs, print, holder);
        }
        catch (Exception e) when (StartFailure.Of(e, settings, HolderFile.TryRead) is { } failure)
        {
            return await FailAsync(failure.ExitCode, failure.Message);
        }
    }

    private static async Task<int> ServeAloneAsync(ServeSettings settings, ConfigCatalog configs, SettingsPrint print)
    {
        using var held = HeldFolder.TryTake(settings.DataFolder) ?? await TakeLaterAsync(settings.DataFolder);
        return held is null ? await RefuseAsync(settings.DataFolder) : await ServeAsync(settings, configs, (held, print));
    }

    private static async Task<HeldFolder?> TakeLaterAsync(string folder)
    {
        await Task.Delay(_lookAgain, TimeProvider.System);
        return HeldFolder.TryTake(folder);
    }

    private static async Task<int> RefuseAsync(string folder)
    {
        var holder = await HolderSearch.FindAsync(folder, TimeProvider.System, _namesHolder);
        return await FailAsync(
            ExitCodes.DataFolder,
            $"The data folder '{folder}' is in use by {holder?.ToString() ?? "another process"}. "
            + "Stop that one, leave out --exclusive to serve through it, or give this one a folder of its own (--data).");
    }

    // Until it ends; then as the holder.
    private static async Task<int> ServeThroughHolderAsync(ServeSettings settings, ConfigCatalog configs, SettingsPrint print, HolderInfo holder)
    {
        await using var front = await FrontServer.StartAsync(settings, configs.Server, print, holder);
        await AnnounceAsync(front.Address);
        using var held = await front.RunAsync();
        return held is null ? ExitCodes.Ok : await ServeAsync(settings, configs, (held, print), front);
    }

    private static async Task<int> ServeAsync(ServeSettings settings, ConfigCatalog configs, (HeldFolder Folder, SettingsPrint Print)? holds = null, FrontServer? front = null)
    {
        using var limit = new StopLimit(TimeProvider.System, Environment.Exit); // ends after the server is disposed of
        await using var app = CompositionRoot.Build(settings, configs, builder =>
        {
            if (holds is { Folder: { } folder })
                builder.Services.AddSingleton(folder);
            if (front is not null)
                builder.Services.AddSingleton<IServer>(front.Port);
        });
        limit.Watch(app.Lifetime, app.Services.GetRequiredService<ILogger<StopLimit>>());
        if (front is null)
            FreePort.Check(settings);
        var collecting = app.CollectAsync();
        var routes = app.WarmUpRoutesAsync();
        await app.OpenStorageAsync();
        await collecting;
        if (app.Services.GetService<ClusterSettings>() is not null)
            await Rehearsal.PlayAsync(app.Services.GetRequiredService<ILoggerFactory>().CreateLogger(nameof(Rehearsal)));
        using (front?.Stopping.Register(app.Lifetime.StopApplication))
        {
            if (!await StartAsync(app))
                return app.Services.GetRequiredService<GracefulStop>().ExitCode;
        }

        front?.LeaveSignals();
        await routes;
        if (holds is { Print: { } print })
        {
            var notice = HolderNotice.Make(Address(app), settings, print, app.Services.GetRequiredService<FrontSecret>());
            HolderNotice.Post(settings.DataFolder, notice, app.Services.GetRequiredService<ILoggerFactory>().CreateLogger(nameof(HolderNotice)));
            front?.Link.Found(notice); // what has waited for a holder
        }

        if (front is null)
            await AnnounceAsync(Address(app));
        await app.WaitForShutdownAsync();
        return app.Services.GetRequiredService<GracefulStop>().ExitCode;
    }

    private static Task AnnounceAsync(string address) => Console.Out.WriteLineAsync($"opencode server listening on {address}");

    // The actors run before the port is open: without it they end in order too, and not because the journal goes from under them.
    // False if they have ended, or the server began to stop, before the start did, which ends the start.
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
