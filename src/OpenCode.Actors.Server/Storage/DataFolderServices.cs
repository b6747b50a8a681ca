using System.Diagnostics.Metrics;
using OpenCode.Actors.Journal;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Server.Config;
using OpenCode.Actors.Server.Edge;
using OpenCode.Actors.Server.Hosting;
using OpenCode.Actors.Server.Settings;

namespace OpenCode.Actors.Server.Storage;

/// <summary>The data folder, which holds everything that must outlive the process.</summary>
internal static class DataFolderServices
{
    /// <summary>Adds the journal of the data folder. It has to be opened by <see cref="DatabaseServices.OpenStorageAsync"/> before anything asks for it.</summary>
    public static IServiceCollection AddDataFolder(this IServiceCollection services, ServeSettings settings, EventStreamConfig window)
    {
        services.AddSingleton(provider => new JournalMetrics(provider.GetRequiredService<IMeterFactory>(), provider.GetRequiredService<JournalTraces>()));
        services.AddSingleton(static provider => FrontSecret.Make(provider.GetRequiredService<IEntropy>()));
        services.AddSingleton(window).AddSingleton(settings).AddSingleton<OpenedJournal>().AddSingleton<LastTurns>();
        services.AddSingleton<IStorage>(static provider => provider.GetRequiredService<OpenedJournal>());
        services.AddSingleton<IJournal>(provider => provider.GetRequiredService<OpenedJournal>().Journal);
        return services;
    }
}
