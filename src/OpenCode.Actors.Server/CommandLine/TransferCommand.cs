using OpenCode.Actors.Journal;
using OpenCode.Actors.Journal.Nodes;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Ids.Doors;
using OpenCode.Actors.Server.Settings;
using OpenCode.Actors.Server.Storage;
using OpenCode.Actors.Server.Transfer;
using OpenCode.Actors.Server.Transfer.Doors;
using OpenCode.Actors.Storage.Postgres.Connections;

namespace OpenCode.Actors.Server.CommandLine;

/// <summary>Takes sessions out of a data folder or a database, and into one, while no server uses it.</summary>
internal static class TransferCommand
{
    /// <summary>Writes every session as a line, and the configuration of a cluster.</summary>
    /// <param name="place">Where they are.</param>
    /// <param name="file">A new file; null for stdout.</param>
    public static Task<int> ExportAsync(StoragePlace place, string? file) => RunAsync(place, before: static () => { }, run: async (opened, _) =>
    {
        await using var output = file is null ? Console.Out : LineFile.Create(file);
        var hasConfig = opened.Config is { } config && await SessionExport.WriteConfigAsync(config, output, CancellationToken.None);
        var count = await SessionExport.RunAsync(opened.Journal, output, CancellationToken.None);
        await Console.Error.WriteLineAsync($"{count} sessions{(hasConfig ? " and the configuration" : "")} exported from {place}.");
        return ExitCodes.Ok;
    });

    /// <summary>Imports the sessions of an export; sessions that already exist stay as they are.</summary>
    /// <param name="place">Where they go.</param>
    /// <param name="file">The export.</param>
    public static Task<int> ImportAsync(StoragePlace place, string file) => RunAsync(place, before: () => LineFile.Check(file), run: async (opened, ids) =>
    {
        var report = await SessionImport.RunAsync(LineFile.Read(file), opened.Journal, opened.Config, ids, Console.Error, CancellationToken.None);
        await Console.Error.WriteLineAsync(report.Bad > 0
            ? $"{report.Bad} lines of '{file}' are bad: nothing was imported. Correct or remove them."
            : $"{report.Taken} sessions imported into {place}, {report.Skipped} were there already.");
        return report.Bad > 0 ? ExitCodes.BadOption : ExitCodes.Ok;
    });

    private static async Task<int> RunAsync(StoragePlace place, Action before, Func<OpenedPlace, IdFactory, Task<int>> run)
    {
        try
        {
            before();
            await using var opened = await place.OpenAsync();
            return await run(opened, new IdFactory(TimeProvider.System, SystemEntropy.Instance.Fill));
        }
        catch (Exception e) when (e is DatabaseException or ArbiterAwayException)
        {
            return await FailAsync(ExitCodes.BadOption, e.Message);
        }
        catch (Exception e) when (e is JournalException)
        {
            return await FailAsync(ExitCodes.DataFolder, e.Message);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return await FailAsync(ExitCodes.BadOption, e.Message);
        }
    }

    private static async Task<int> FailAsync(int code, string message)
    {
        await Console.Error.WriteLineAsync(message);
        return code;
    }
}
