using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using OpenCode.Actors.Sessions.Tools;

namespace OpenCode.Actors.Server.Locations.Doors;

/// <summary>Asks the git command of this machine, four at a time at most, each with a deadline.</summary>
internal sealed class MachineGit(TimeProvider time, SecretVariables secrets) : IGit, IDisposable
{
    private const int MostCharacters = 16 * 1024 * 1024;
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
        return commits?.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Order(StringComparer.Ordinal).FirstOrDefault() is { } first
            ? new GitRepository(root, first)
            : null;
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
        using var deadline = new CancellationTokenSource(_deadline, time);
        using var given = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        var start = new ProcessStartInfo("git", [.. _readOnly, .. arguments])
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
        };

        // Git runs programs by the repository's settings.
        secrets.RemoveFrom(start.Environment);
        using var git = Process.Start(start)!;
        try
        {
            git.StandardInput.Close();
            var complaints = git.StandardError.BaseStream.CopyToAsync(Stream.Null, given.Token);
            var output = await ReadAsync(git.StandardOutput, given.Token);
            if (output is null)
                git.Kill(entireProcessTree: true);
            await complaints;
            await git.WaitForExitAsync(given.Token);
            return git.ExitCode == 0 ? output : null;
        }
        catch (OperationCanceledException)
        {
            git.Kill(entireProcessTree: true);
            cancellationToken.ThrowIfCancellationRequested();
            return null;
        }
    }

    private static async Task<string?> ReadAsync(StreamReader output, CancellationToken cancellationToken)
    {
        var text = new StringBuilder();
        var buffer = new char[16 * 1024];
        while (await output.ReadAsync(buffer, cancellationToken) is > 0 and var read)
        {
            text.Append(buffer, 0, read);
            if (text.Length > MostCharacters)
                return null;
        }

        return text.ToString();
    }
}
