namespace OpenCode.Actors.EndToEnd.Harness;

/// <summary>What <c>opencode run --attach</c> did.</summary>
internal sealed record OpenCodeRun(int ExitCode, string Output, string Errors)
{
    public static async Task<OpenCodeRun> AttachAsync(Uri root, string prompt, TempFolder folder, string? password = null, string? session = null)
    {
        await using var process = Start(root, prompt, folder, password, session);
        return await EndAsync(process);
    }

    /// <summary>Runs it with more arguments, the prompt among them.</summary>
    public static async Task<OpenCodeRun> RunAsync(Uri root, TempFolder folder, string? password, params string[] arguments)
    {
        await using var process = StartWith(root, folder, password, arguments);
        return await EndAsync(process);
    }

    /// <summary>Starts it without waiting for its end.</summary>
    public static ChildProcess Start(Uri root, string prompt, TempFolder folder, string? password = null, string? session = null) =>
        StartWith(root, folder, password, session is null ? [prompt] : ["-s", session, prompt]);

    public static async Task<OpenCodeRun> EndAsync(ChildProcess process)
    {
        var exit = await process.ExitAsync(TimeSpan.FromSeconds(120));
        return new OpenCodeRun(exit, process.Output, process.Errors);
    }

    private static ChildProcess StartWith(Uri root, TempFolder folder, string? password, string[] arguments)
    {
        Needs.Node();
        var process = ChildProcess.Start(
            Repository.Clients.OpenCode,
            ["run", "--attach", root.ToString().TrimEnd('/'), .. arguments],
            folder.Sub("project"),
            new ServerSetup { Folder = folder, Password = password }.Environment);
        process.Input.Close(); // With an open stdin, run waits for more of the prompt.
        return process;
    }
}
