using System.Diagnostics.Metrics;
using OpenCode.Actors.Journal;
using OpenCode.Actors.Server.Config;
using OpenCode.Actors.Storage.Postgres.Batches;

namespace OpenCode.Actors.Server.Storage;

/// <summary>The database of the cluster as the place of the journal.</summary>
internal static class DatabaseServices
{
    /// <summary>Adds the journal of all nodes. The database has to be opened by <see cref="OpenStorageAsync"/> before anything asks for them.</summary>
    public static IServiceCollection AddDatabase(this IServiceCollection services, EventStreamConfig window)
    {
        services.AddSingleton(provider => new JournalMetrics(provider.GetRequiredService<IMeterFactory>(), provider.GetRequiredService<JournalTraces>()));
        services.AddSingleton(provider => new PostgresMetrics(provider.GetRequiredService<IMeterFactory>()));
        services.AddSingleton(window).AddSingleton<OpenedDatabase>();
        services.AddSingleton<IStorage>(static provider => provider.GetRequiredService<OpenedDatabase>());
        services.AddSingleton<IJournal>(static provider => provider.GetRequiredService<OpenedDatabase>().Journal);
        return services;
    }

    /// <summary>Opens what the server keeps: the data folder, or the database of its cluster.</summary>
    public static Task OpenStorageAsync(this WebApplication app) => app.Services.GetRequiredService<IStorage>().OpenAsync();
}
