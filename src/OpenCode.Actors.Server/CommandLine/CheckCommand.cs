using OpenCode.Actors.Journal.Checking;

namespace OpenCode.Actors.Server.CommandLine;

/// <summary>Verifies a data folder without changing it.</summary>
internal static class CheckCommand
{
    public static async Task<int> RunAsync(string folder)
    {
        try
        {
            var report = await JournalCheck.RunAsync(folder);
            await Console.Out.WriteAsync(report.ToString());
            return report.Healthy ? ExitCodes.Ok : ExitCodes.DataFolder;
        }
        catch (DirectoryNotFoundException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return ExitCodes.BadOption;
        }
    }
}
