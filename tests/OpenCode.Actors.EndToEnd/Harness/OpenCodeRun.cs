namespace OpenCode.Actors.EndToEnd.Harness;

/// <summary>What <c>opencode run --attach</c> did.</summary>
internal sealed record OpenCodeRun(int ExitCode, string Output, string Errors)
{
    public static async Task<OpenCodeRun> AttachAsync(Uri root, string prompt, TempFolder folder, string? password = null, string? session = null)
    {
        await using var process = Start(root, prompt, folder, password, session);
        return await EndAsync(process);
    }

    /// <summary>Starts it without waiting for its end.</summary>
    public static ChildProcess Start(Uri root, string prompt, TempFolder folder, string? password = null, string? session = null)
    {
        Needs.Node();
        var process = ChildProcess.Start(
            Repository.Clients.OpenCode,
            ["run", "--attach", root.ToString().TrimEnd('/'), .. session is null ? Array.Empty<string>() : ["-s", session], prompt],
            folder.Sub("project"),
            new ServerSetup { Folder = folder, Password = password }.Environment);
        process.Input.Close(); // With an open stdin, run waits for more of the prompt.
        return process;
    }

    public static async Task<OpenCodeRun> EndAsync(ChildProcess process)
    {
        var exit = await process.ExitAsync(TimeSpan.FromSeconds(120));
        return new OpenCodeRun(exit, process.Output, process.Errors);
    }
}
