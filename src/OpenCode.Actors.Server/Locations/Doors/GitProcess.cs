using System.Diagnostics;
using System.Text;
using OpenCode.Actors.Sessions.Tools;

namespace OpenCode.Actors.Server.Locations.Doors;

/// <summary>One run of the git command of this machine.</summary>
/// <param name="Folder">Where it runs.</param>
/// <param name="Arguments">The command and its arguments.</param>
/// <param name="Limit">When it is ended.</param>
internal sealed record GitCommand(string Folder, IReadOnlyList<string> Arguments, TimeSpan Limit)
{
    /// <summary>Gets what it reads.</summary>
    public string Input { get; init; } = "";

    /// <summary>Gets what is set in its environment.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);
}

/// <summary>The result of a run of git.</summary>
/// <param name="ExitCode">Null when it was ended: it took too long, or wrote more than 16 MiB.</param>
/// <param name="Output">What it wrote.</param>
/// <param name="Complaint">The begin of what it complained about.</param>
internal sealed record GitResult(int? ExitCode, string Output, string Complaint);

/// <summary>The one place that starts git. Its environment has no variables that could lead it to another repository, and no secrets.</summary>
internal sealed class GitProcess(TimeProvider time, SecretVariables secrets)
{
    private const int MostCharacters = 16 * 1024 * 1024;
    private const int MostOfComplaint = 2_000;

    // What names another repository, as in a hook that started the server.
    private static readonly string[] _elsewhere =
        ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_COMMON_DIR", "GIT_NAMESPACE", "GIT_PREFIX"];

    /// <summary>Runs it to its end.</summary>
    /// <exception cref="System.ComponentModel.Win32Exception">There is no git here.</exception>
    /// <exception cref="OperationCanceledException">It was given up.</exception>
    public async Task<GitResult> RunAsync(GitCommand command, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(command.Limit, time);
        using var given = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        using var git = Process.Start(StartOf(command))!;
        try
        {
            var complaint = ReadAsync(git.StandardError, MostOfComplaint, given.Token);
            var reading = ReadAsync(git.StandardOutput, MostCharacters, given.Token);
            await WriteAsync(git.StandardInput, command.Input, given.Token);
            var output = await reading;
            if (output.Length > MostCharacters)
                git.Kill(entireProcessTree: true);
            await git.WaitForExitAsync(given.Token);
            return new GitResult(output.Length > MostCharacters ? null : git.ExitCode, output, await complaint);
        }
        catch (OperationCanceledException)
        {
            git.Kill(entireProcessTree: true);
            cancellationToken.ThrowIfCancellationRequested();
            return new GitResult(null, "", $"it did not end within {command.Limit.TotalSeconds:0.#} s");
        }
    }

    private ProcessStartInfo StartOf(GitCommand command)
    {
        var start = new ProcessStartInfo("git", command.Arguments)
        {
            WorkingDirectory = command.Folder,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
            StandardOutputEncoding = Encoding.UTF8,
        };

        // Git runs programs by the settings of a repository (rule "Secrets stay in the server").
        secrets.RemoveFrom(start.Environment);
        foreach (var name in _elsewhere)
            start.Environment.Remove(name);
        foreach (var (name, value) in command.Variables)
            start.Environment[name] = value;
        return start;
    }

    private static async Task WriteAsync(StreamWriter input, string text, CancellationToken cancellationToken)
    {
        try
        {
            await input.WriteAsync(text.AsMemory(), cancellationToken);
            input.Close();
        }
        catch (IOException)
        {
            // It has ended without reading all: its exit code says why.
        }
    }

    // One character more than the most tells that there is more. Of complaints the rest is read away, or git would stand still.
    private static async Task<string> ReadAsync(StreamReader output, int most, CancellationToken cancellationToken)
    {
        var text = new StringBuilder();
        var buffer = new char[16 * 1024];
        while (await output.ReadAsync(buffer, cancellationToken) is > 0 and var read)
        {
            text.Append(buffer, 0, Math.Min(read, most + 1 - text.Length));
            if (text.Length > most && most == MostCharacters)
                break;
        }

        return text.ToString();
    }
}
