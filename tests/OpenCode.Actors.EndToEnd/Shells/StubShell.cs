using System.Diagnostics;
using OpenCode.Actors.EndToEnd.Harness;

namespace OpenCode.Actors.EndToEnd.Shells;

/// <summary>A bash whose commands <c>good</c> and <c>bad</c> note that they were run.</summary>
internal sealed class StubShell : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly string _work;
    private readonly string _log;
    private int _runs;

    public StubShell()
    {
        var commands = _folder.Sub("bin");
        _log = Path.Combine(_folder.Path, "log");
        foreach (var name in (string[])["good", "bad"])
        {
            var stub = Path.Combine(commands, name);
            File.WriteAllText(stub, $"#!/bin/sh\necho {name} >> {_log}$RUN\n");
            Process.Start("chmod", ["+x", stub]).WaitForExit();
        }

        _work = _folder.Sub("work");
    }

    /// <summary>True if bash takes a text for a line.</summary>
    public async Task<bool> TakesAsync(string line) => await StartAsync("-n", "-c", line) == 0;

    /// <summary>Runs a line.</summary>
    /// <returns>Which commands it ran.</returns>
    public async Task<IReadOnlySet<string>> RunAsync(string line)
    {
        _runs++; // What an earlier line left running does not count for this one.
        await StartAsync("-c", line);
        var log = $"{_log}{_runs}";
        return File.Exists(log) ? File.ReadAllLines(log).ToHashSet() : new HashSet<string>();
    }

    public void Dispose() => _folder.Dispose();

    // timeout ends the whole group, so that nothing of a line is left.
    private async Task<int> StartAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("timeout", ["--kill-after=1", "5", "bash", "--norc", .. arguments])
        {
            WorkingDirectory = _work,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Clear();
        start.Environment["PATH"] = $"{Path.Combine(_folder.Path, "bin")}:/usr/bin:/bin";
        start.Environment["N"] = "bad";
        start.Environment["HOME"] = _work;
        start.Environment["RUN"] = $"{_runs}";
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var output = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null);
        await process.StandardError.BaseStream.CopyToAsync(Stream.Null);
        await output; // Its end is that of all that the line has started.
        await process.WaitForExitAsync();
        return process.ExitCode;
    }
}
