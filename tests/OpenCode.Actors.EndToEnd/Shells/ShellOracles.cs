using System.Diagnostics;
using System.Text.Json;
using OpenCode.Actors.EndToEnd.Harness;

namespace OpenCode.Actors.EndToEnd.Shells;

/// <summary>What others read in shell lines: <c>bash -n</c>, and the parser mvdan/sh.</summary>
internal sealed class ShellOracles : IAsyncDisposable
{
    // One process for all lines; -n reads and runs nothing. What it takes with a warning, or without its end, it does not take.
    private const string Script = "while IFS= read -r -d '' line; do if said=$(bash -n -c \"$line\" 2>&1) && [ -z \"$said\" ]; then echo 1; else echo 0; fi; done";

    private readonly NodeClient _parser = new("shell.mjs");

    /// <summary>Tells for each line whether bash takes it.</summary>
    public static async Task<List<bool>> TakenByBashAsync(IReadOnlyList<string> lines)
    {
        using var bash = Process.Start(new ProcessStartInfo("bash", ["--norc", "-c", Script]) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true })!;
        var answers = bash.StandardOutput.ReadToEndAsync();
        foreach (var line in lines)
            await bash.StandardInput.WriteAsync(line + "\0");
        bash.StandardInput.Close();
        return [.. (await answers).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(answer => answer == "1")];
    }

    /// <summary>Gives for each line its simple commands, assignments and words as they stand there; null where it does not parse.</summary>
    public async Task<List<List<string>?>> CommandsAsync(IReadOnlyList<string> lines) =>
        [.. (await _parser.AskAsync(new { lines })).EnumerateArray().Select(commands => commands.ValueKind == JsonValueKind.Null ? null : commands.EnumerateArray().Select(command => command.GetString()!).ToList())];

    public ValueTask DisposeAsync() => _parser.DisposeAsync();
}
