using OpenCode.Actors.Journal;
using OpenCode.Actors.Server.Settings;
using OpenCode.Actors.Storage.Sqlite.Checking;

namespace OpenCode.Actors.Server.CommandLine;

/// <summary>Verifies a data folder without changing it.</summary>
internal static class CheckCommand
{
    public static async Task<int> RunAsync(string folder)
    {
        try
        {
            var report = HubCheck.Run(folder);
            await Console.Out.WriteAsync(report.ToString());
            return report.IsHealthy ? ExitCodes.Ok : ExitCodes.DataFolder;
        }
        catch (DirectoryNotFoundException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return ExitCodes.BadOption;
        }
        catch (JournalException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return ExitCodes.DataFolder;
        }
    }
}
