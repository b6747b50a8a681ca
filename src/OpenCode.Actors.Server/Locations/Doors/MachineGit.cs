using System.ComponentModel;

namespace OpenCode.Actors.Server.Locations.Doors;

/// <summary>Runs the git command of this machine, at most four at a time, each with a deadline.</summary>
internal sealed class MachineGit(GitProcess process) : IGit, IDisposable
{
    private static readonly TimeSpan _deadline = TimeSpan.FromSeconds(3);

    // A repository's own settings must not make a reading command run a program of its, or write its index.
    private static readonly string[] _readOnly = ["--no-optional-locks", "-c", "core.fsmonitor=false", "-c", "core.quotepath=off", "-c", "diff.external="];

    private readonly SemaphoreSlim _turns = new(4);

    public async Task<GitRepository?> FindAsync(string folder)
    {
        // The usual folder outside any repository costs no process.
        if (Root(folder) is not { } root)
            return null;

        var commits = await ReadAsync(folder, ["rev-list", "--max-parents=0", "--all"], CancellationToken.None);
        return commits is null
            ? null
            : new GitRepository(root, commits.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Order(StringComparer.Ordinal).FirstOrDefault());
    }

    public async Task<string?> ReadAsync(string folder, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        await _turns.WaitAsync(cancellationToken);
        try
        {
            return await RunAsync(folder, arguments, cancellationToken);
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

    private async Task<string?> RunAsync(string folder, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        var result = await process.RunAsync(new GitCommand(folder, [.. _readOnly, .. arguments], _deadline), cancellationToken);
        return result.ExitCode == 0 ? result.Output : null;
    }
}
