namespace OpenCode.Actors.Server.CommandLine;

/// <summary>Verifies a data folder without changing it.</summary>
internal static class CheckCommand
{
    public static async Task<int> RunAsync(string folder)
    {
        await Console.Error.WriteLineAsync(folder);
        return ExitCodes.Ok;
    }
}
