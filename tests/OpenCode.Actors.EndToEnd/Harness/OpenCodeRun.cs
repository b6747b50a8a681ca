namespace OpenCode.Actors.EndToEnd.Harness;

/// <summary>What <c>opencode run --attach</c> did.</summary>
internal sealed record OpenCodeRun(int ExitCode, string Output, string Errors)
{
    public static async Task<OpenCodeRun> AttachAsync(Uri root, string prompt, TempFolder folder, string? password = null)
    {
        Needs.Node();
        await using var process = ChildProcess.Start(
            Repository.Clients.OpenCode,
            ["run", "--attach", root.ToString().TrimEnd('/'), prompt],
            folder.Sub("project"),
            new ServerSetup { Folder = folder, Password = password }.Environment);
        process.Input.Close(); // With an open stdin, run waits for more of the prompt.
        var exit = await process.ExitAsync(TimeSpan.FromSeconds(60));
        return new OpenCodeRun(exit, process.Output, process.Errors);
    }
}
