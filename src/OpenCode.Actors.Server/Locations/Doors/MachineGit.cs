using System.ComponentModel;
using System.Diagnostics;

namespace OpenCode.Actors.Server.Locations.Doors;

/// <summary>Asks the git command of this machine, four at a time at most, each with a deadline.</summary>
internal sealed class MachineGit(TimeProvider time) : IGit, IDisposable
{
    private static readonly TimeSpan _deadline = TimeSpan.FromSeconds(3);
    private readonly SemaphoreSlim _turns = new(4);

    public async Task<GitRepository?> FindAsync(string folder)
    {
        // The usual folder outside any repository costs no process.
        if (Root(folder) is not { } root)
            return null;

        await _turns.WaitAsync();
        try
        {
            var commits = await RunAsync(folder, ["rev-list", "--max-parents=0", "--all"]);
            return commits.Order(StringComparer.Ordinal).FirstOrDefault() is { } first ? new GitRepository(root, first) : null;
        }
        catch (Exception e) when (e is Win32Exception or IOException or InvalidOperationException)
        {
            return null; // no git here
        }
        finally
        {
            _turns.Release();
        }
    }

    public void Dispose() => _turns.Dispose();

    private static string? Root(string folder)
    {
        for (var at = folder; at is not null; at = Path.GetDirectoryName(at))
        {
            if (Path.Exists(Path.Combine(at, ".git")))
                return at;
        }

        return null;
    }

    private async Task<string[]> RunAsync(string folder, string[] arguments)
    {
        using var deadline = new CancellationTokenSource(_deadline, time);
        using var git = Process.Start(new ProcessStartInfo("git", arguments)
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        try
        {
            git.StandardInput.Close();
            var complaints = git.StandardError.ReadToEndAsync(deadline.Token);
            var output = await git.StandardOutput.ReadToEndAsync(deadline.Token);
            await complaints;
            await git.WaitForExitAsync(deadline.Token);
            return output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        }
        catch (OperationCanceledException)
        {
            git.Kill(entireProcessTree: true);
            return [];
        }
    }
}
