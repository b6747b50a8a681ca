using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection.Extensions;
using OpenCode.Actors.Journal;
using OpenCode.Actors.Journal.Disks;
using OpenCode.Actors.Journal.Doors;
using OpenCode.Actors.Journal.Files;
using OpenCode.Actors.Server.CommandLine;
using OpenCode.Actors.Server.Config;

namespace OpenCode.Actors.Server.Storage;

/// <summary>The data folder: where everything that must outlive the process is.</summary>
internal static class DataFolderServices
{
    /// <summary>Adds the journal of the data folder. It has to be opened by <see cref="DatabaseServices.OpenStorageAsync"/> before anything asks for it.</summary>
    public static IServiceCollection AddFileJournal(this IServiceCollection services, ServeSettings settings, EventStreamConfig window)
    {
        services.TryAddSingleton<IDisk>(_ => new FileDisk(settings.DataFolder));
        services.AddSingleton(provider => new JournalMetrics(provider.GetRequiredService<IMeterFactory>()));
        services.AddSingleton(window).AddSingleton<OpenedJournal>();
        services.AddSingleton<IStorage>(static provider => provider.GetRequiredService<OpenedJournal>());
        services.AddSingleton<IJournal>(provider => provider.GetRequiredService<OpenedJournal>().Journal);
        return services;
    }
}
