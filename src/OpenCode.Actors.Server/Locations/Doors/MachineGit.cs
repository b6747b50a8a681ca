using System.ComponentModel;
using System.Diagnostics;

namespace OpenCode.Actors.Server.Locations.Doors;

/// <summary>The git command of this machine, at most four at a time, each with a deadline.</summary>
internal sealed class MachineGit(TimeProvider time) : IGit, IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(3);
    private readonly SemaphoreSlim _turns = new(4);

    public async Task<string?> FirstRootCommitAsync(string folder)
    {
        // The usual folder outside any repository costs no process.
        if (!IsInRepository(folder))
        {
            return null;
        }

        await _turns.WaitAsync();
        try
        {
            using var deadline = new CancellationTokenSource(Deadline, time);
            using var git = Process.Start(new ProcessStartInfo("git", ["rev-list", "--max-parents=0", "--all"])
            {
                WorkingDirectory = folder,
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                RedirectStandardInput = true,
            })!;
            try
            {
                git.StandardInput.Close();
                var errors = git.StandardError.ReadToEndAsync(deadline.Token);
                var output = await git.StandardOutput.ReadToEndAsync(deadline.Token);
                await errors;
                await git.WaitForExitAsync(deadline.Token);
                return output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Order(StringComparer.Ordinal).FirstOrDefault();
            }
            catch (OperationCanceledException)
            {
                git.Kill(entireProcessTree: true);
                return null;
            }
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

    private static bool IsInRepository(string folder)
    {
        for (var at = folder; at is not null; at = Path.GetDirectoryName(at))
        {
            if (Path.Exists(Path.Combine(at, ".git")))
            {
                return true;
            }
        }

        return false;
    }
}
