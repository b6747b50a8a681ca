using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using System.Security.Cryptography;

namespace OpenCode.Actors.Sessions.Tools.Doors;

/// <summary>Starts commands on Linux and macOS. Without /proc, on macOS, processes of an earlier life cannot be identified, so only the guard cleans up there.</summary>
internal sealed class PosixProcessHost(ToolProcessOptions options, TimeProvider time) : IProcessHost
{
    // util-linux, part of every Debian; BusyBox has it too. macOS has none, but Perl. Neither forks here, since no child of a shell script leads a group.
    private static readonly string[][] _sessionLaunchers =
    [
        ["/usr/bin/setsid"],
        ["/bin/setsid"],
        ["/usr/bin/perl", "-e", "use POSIX; POSIX::setsid(); exec { $ARGV[0] } @ARGV or exit 127"],
    ];

    private readonly string[]? _newSession = Array.Find(_sessionLaunchers, launcher => File.Exists(launcher[0]));
    private readonly ConcurrentDictionary<PosixToolProcess, string> _running = new();
    private readonly string _shell = options.Shell ?? Array.Find(["/bin/bash", "/usr/bin/bash"], File.Exists) ?? "/bin/sh";

    public async ValueTask<IToolProcess> StartAsync(ToolProcessSpec spec, CancellationToken cancellationToken)
    {
        if (_newSession is null)
            throw new ToolProcessException("Commands cannot be run on this machine: neither setsid nor perl was found in /usr/bin. Install util-linux.");
        if (!Directory.Exists(spec.WorkingDirectory))
        {
            throw new ToolProcessException(options.Node is null
                ? $"The working directory '{spec.WorkingDirectory}' does not exist or is not a directory."
                : $"The working directory '{spec.WorkingDirectory}' does not exist on node '{options.Node}', or is not a directory. Mount project folders at the same path on every node.");
        }
        if (spec.Command.Contains('\0', StringComparison.Ordinal) || spec.Arguments?.Any(static argument => argument.Contains('\0', StringComparison.Ordinal)) == true)
            throw new ToolProcessException("The command holds a NUL character, which no shell takes. Write it without.");

        using var pipes = new NamedPipes(spec.HasInput);
        var label = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        var process = new PosixToolProcess(StartGuard(spec, pipes, label), [pipes.Output, pipes.Error], label, options.KillGrace, time);
        try
        {
            await process.WaitForLeaderAsync(cancellationToken).ConfigureAwait(false);
            process.Input = pipes.OpenInput();
            _running[process] = spec.Owner;
            _ = ForgetWhenGoneAsync(process);
            return process;
        }
        catch
        {
            await process.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public void KillLeftover(ProcessMark mark) => ProcessGroups.Signal(mark, ProcessGroups.Kill);

    public void KillOf(string owner)
    {
        foreach (var (process, _) in _running.Where(running => running.Value == owner))
            process.Kill();
    }

    public void KillAll()
    {
        ProcessGroups.SignalStrays([.. _running.Keys.Select(static process => process.KillGroup()).OfType<(ProcessMark, string)>()], ProcessGroups.Terminate);
    }

    private async Task ForgetWhenGoneAsync(PosixToolProcess process)
    {
        await process.Gone.ConfigureAwait(false);
        _running.TryRemove(process, out _);
    }

    private Process StartGuard(ToolProcessSpec spec, NamedPipes pipes, string label)
    {
        string[] commandLine =
        [
            .. _newSession!, "/bin/sh", "-c", GuardScripts.Guard, "opencode-guard", label, pipes.Folder,
            .. _newSession!, "/bin/sh", "-c", GuardScripts.Leader, "sh", "opencode-tool", pipes.Folder, pipes.InputName,
            .. spec.Arguments is { } arguments ? [spec.Command, .. arguments] : (string[])[_shell, "-c", spec.Command],
        ];

        var start = new ProcessStartInfo(commandLine[0], commandLine[1..])
        {
            WorkingDirectory = spec.WorkingDirectory,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true, // Not used; the server's own would be inherited, with its terminal.
            RedirectStandardError = true,
        };
        // A command runs what a model wrote: it must not read the secrets of its server (rule "Secrets stay in the server").
        if (spec.HasBareEnvironment)
        {
            foreach (var other in start.Environment.Keys.Except(ToolProcessOptions.Bare, StringComparer.Ordinal).ToList())
                start.Environment.Remove(other);
        }

        options.Secrets.RemoveFrom(start.Environment);
        foreach (var (name, value) in spec.Environment ?? new Dictionary<string, string>(StringComparer.Ordinal))
            start.Environment[name] = value;

        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            // E2BIG above all: Linux takes 128 KiB for one argument.
            throw new ToolProcessException($"The command could not be started in '{spec.WorkingDirectory}': {e.Message}. Give a folder that exists.", e);
        }
    }
}
