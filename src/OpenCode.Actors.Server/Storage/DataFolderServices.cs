using System.Diagnostics.Metrics;
using OpenCode.Actors.Journaling;
using OpenCode.Actors.Journaling.Doors;
using OpenCode.Actors.Journaling.Files;
using OpenCode.Actors.Server.CommandLine;
using OpenCode.Actors.Server.Config;
using OpenCode.Actors.Sessions.State;

namespace OpenCode.Actors.Server.Storage;

/// <summary>The data folder: where everything that must outlive the process is.</summary>
internal static class DataFolderServices
{
    /// <summary>Adds the journal of the data folder. It is opened by <see cref="OpenJournalAsync"/>, before anything asks for it.</summary>
    public static IServiceCollection AddFileJournal(this IServiceCollection services, ServeSettings settings, EventStreamConfig window)
    {
        services.AddSingleton(new JournalDoor(settings.DataFolder, window));
        services.AddSingleton(provider => new JournalMetrics(provider.GetRequiredService<IMeterFactory>()));
        services.AddSingleton<IJournal>(provider => provider.GetRequiredService<JournalDoor>().Opened);
        return services;
    }

    /// <summary>Opens the journal: locks the folder, recovers what is there.</summary>
    /// <exception cref="JournalException">Another process has it, it is damaged, or newer than this program.</exception>
    public static Task OpenJournalAsync(this WebApplication app) => app.Services.GetRequiredService<JournalDoor>().OpenAsync(app.Services);
}

/// <summary>Opens the journal once, and closes it as the last thing.</summary>
internal sealed class JournalDoor(string folder, EventStreamConfig window) : IAsyncDisposable
{
    private FileJournal? _journal;

    public IJournal Opened => _journal ?? throw new InvalidOperationException("The journal is not open yet.");

    public async Task OpenAsync(IServiceProvider services)
    {
        var entropy = services.GetRequiredService<IEntropy>();
        var options = new JournalOptions { RetainMs = window.RetainMs, RetainBytes = window.RetainBytes };
        options.HoldKinds.Add(Rows.Open); // RULES C3: what an open turn streamed is read from the log when it is recovered
        _journal = await FileJournal.OpenAsync(
            new FileDisk(folder), options, services.GetRequiredService<TimeProvider>(), entropy.NextUInt64,
            services.GetRequiredService<ILogger<FileJournal>>(), services.GetRequiredService<JournalMetrics>());
    }

    public ValueTask DisposeAsync() => _journal?.DisposeAsync() ?? ValueTask.CompletedTask;
}
