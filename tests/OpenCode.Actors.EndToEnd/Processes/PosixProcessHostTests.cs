using System.Diagnostics;
using System.Globalization;
using System.Text;
using OpenCode.Actors.EndToEnd.Harness;
using OpenCode.Actors.Sessions.Tools;
using OpenCode.Actors.Sessions.Tools.Doors;

namespace OpenCode.Actors.EndToEnd.Processes;

/// <summary>Real shells, real groups. Each test marks its processes by a sleep of a length of its own, so that it finds them again.</summary>
public sealed class PosixProcessHostTests
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(20);
    private static int _sleepSeconds = 100_000 + (Environment.ProcessId % 10_000 * 100);

    private readonly ToolProcessOptions _options = new() { KillGrace = TimeSpan.FromMilliseconds(400) };
    private readonly int _nap = Interlocked.Increment(ref _sleepSeconds);

    private PosixProcessHost Host => new(_options, TimeProvider.System);

    [Theory]
    [InlineData("true", 0)]
    [InlineData("exit 3", 3)]
    [InlineData("kill -9 $$", 137)]
    [InlineData("kill -TERM $$", 143)]
    [InlineData("no-such-command-here", 127)]
    [InlineData("kill -9 0", 137)] // Takes the leader with it: nobody reports.
    public async Task The_exit_code_of_the_shell_is_reported(string command, int expected)
    {
        await using var process = await StartAsync(command);

        Assert.Equal(expected, await process.ExitCode.WaitAsync(_patience));
    }

    [Fact]
    public async Task A_command_gets_the_environment_of_the_server_without_its_secrets()
    {
        Environment.SetEnvironmentVariable("E2E_TOOL_SECRET", "secret");
        Environment.SetEnvironmentVariable("E2E_TOOL_PLAIN", "plain");
        _options.Secrets.Add(["E2E_TOOL_SECRET"]);
        await using var process = await StartAsync("echo \"$E2E_TOOL_PLAIN,$E2E_TOOL_SECRET\"");

        Assert.Equal("plain,\n", await ReadToEndAsync(process));
    }

    [Fact]
    public async Task Each_output_has_a_pipe_of_its_own()
    {
        await using var process = await StartAsync("for i in 1 2 3; do echo out $i; echo err $i >&2; done; echo more > /dev/stderr");

        var texts = await Task.WhenAll(ReadToEndAsync(process), ReadToEndAsync(process, OutputPipe.Error));

        Assert.Equal(["out 1\nout 2\nout 3\n", "err 1\nerr 2\nerr 3\nmore\n"], texts);
    }

    [Fact]
    public async Task What_a_command_left_in_the_background_goes_on_and_ends_with_its_owner()
    {
        using var folder = new TempFolder();
        var host = Host;
        var process = await host.StartAsync(new ToolProcessSpec($"(sleep 1; echo late; touch {folder.Path}/ALIVE; sleep {_nap}) & echo started", "/", "ses_1"), default);
        Assert.Equal(0, await process.ExitCode.WaitAsync(_patience));

        await process.LeaveAsync().AsTask().WaitAsync(_patience);

        await UntilAsync(() => File.Exists($"{folder.Path}/ALIVE") && CountNaps() == 1); // Its output went nowhere, and did not end it.
        host.KillOf("ses_2");
        await Task.Delay(100);
        Assert.Equal(1, CountNaps());
        host.KillOf("ses_1");
        await UntilAsync(() => CountNaps() == 0);
    }

    [Fact]
    public async Task A_command_that_left_nothing_is_gone_when_it_is_let_go()
    {
        var process = await StartAsync("echo done");
        Assert.Equal(0, await process.ExitCode.WaitAsync(_patience));

        await process.LeaveAsync();

        await UntilAsync(() => !Directory.Exists($"/proc/{process.Mark.GroupId}"));
    }

    [Fact]
    public async Task A_command_ended_by_a_signal_leaves_no_remark_of_the_guard_in_its_output()
    {
        await using var process = await StartAsync("echo before; kill -SEGV $$");

        Assert.Equal("before\n", await ReadToEndAsync(process));
    }

    [Fact]
    public async Task The_command_reads_nothing_and_sees_directory_and_environment()
    {
        await using var process = await Host.StartAsync(
            new ToolProcessSpec("cat; pwd; echo $GREETING", "/usr", Environment: new Dictionary<string, string>(StringComparer.Ordinal) { ["GREETING"] = "hello" }), default);

        Assert.Equal("/usr\nhello\n", await ReadToEndAsync(process));
    }

    [Fact]
    public async Task A_command_gets_no_pipe_of_the_server_or_of_another_command()
    {
        var started = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => StartAsync("sleep 0.2; ls -l /proc/$$/fd; true").AsTask()));

        foreach (var process in started)
        {
            var descriptors = (await ReadToEndAsync(process)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
            Assert.DoesNotContain(descriptors, line => line.Contains("-> pipe:[", StringComparison.Ordinal) && line.Split(' ')[^3] is var d && d is not ("0" or "1" or "2") && !IsInheritable(d));
            await process.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_missing_directory_is_named()
    {
        var error = await Assert.ThrowsAsync<ToolProcessException>(async () => await Host.StartAsync(new ToolProcessSpec("true", "/no/such/place"), default));

        Assert.Contains("'/no/such/place'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_command_too_long_for_the_system_is_refused_with_a_reason()
    {
        var error = await Assert.ThrowsAsync<ToolProcessException>(async () => await StartAsync("echo " + new string('x', 200_000)));

        Assert.Contains("could not be started", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Kill_ends_the_shell_and_its_grandchildren()
    {
        await using var process = await StartAsync($"sleep {_nap} & (sleep {_nap} & sleep {_nap}) & sleep {_nap}");
        await UntilAsync(() => CountNaps() == 4);

        process.Kill();

        Assert.Equal("", await ReadToEndAsync(process));
        Assert.Equal(143, await process.ExitCode.WaitAsync(_patience));
        Assert.Equal(0, CountNaps());
    }

    [Fact]
    public async Task A_group_that_ignores_the_polite_signal_is_killed_when_the_grace_is_over()
    {
        await using var process = await StartAsync($"trap '' TERM; (trap '' TERM; sleep {_nap}) & echo ready; sleep {_nap}; sleep {_nap}");
        await UntilAsync(() => CountNaps() == 2);
        var clock = Stopwatch.StartNew();

        process.Kill();

        Assert.Equal("ready\n", await ReadToEndAsync(process));
        Assert.Equal(137, await process.ExitCode.WaitAsync(_patience));
        Assert.Equal(0, CountNaps());
        Assert.True(clock.Elapsed > _options.KillGrace * 0.9, $"killed after {clock.Elapsed}");
    }

    [Fact]
    public async Task A_command_may_clean_up_when_it_is_ended()
    {
        await using var process = await StartAsync($"trap 'echo cleaned; exit 7' TERM; echo ready; sleep {_nap} & wait");
        await UntilAsync(() => CountNaps() == 1);

        process.Kill();

        Assert.Equal("ready\ncleaned\n", await ReadToEndAsync(process));
        Assert.Equal(7, await process.ExitCode.WaitAsync(_patience));
    }

    [Fact]
    public async Task The_exit_code_is_known_while_a_child_in_the_background_holds_the_output()
    {
        var process = await StartAsync($"sleep {_nap} & echo started; exit 5");

        Assert.Equal(5, await process.ExitCode.WaitAsync(_patience));
        await UntilAsync(() => CountNaps() == 1);

        await process.DisposeAsync();

        Assert.Equal(0, CountNaps());
    }

    [Fact]
    public async Task The_guard_kills_the_group_when_the_pipe_of_a_dead_server_closes()
    {
        // What a server's death does, without the death: its end of the guard's pipe goes away and nobody sends a signal.
        using var guard = Process.Start(new ProcessStartInfo("/usr/bin/setsid",
            ["/bin/sh", "-c", GuardScripts.Guard, "guard", "/usr/bin/setsid", "/bin/sh", "-c", GuardScripts.Leader, "tool", "/dev/null", "/dev/null", "/bin/sh", "-c", $"(sleep {_nap}) & sleep {_nap}; true"])
        { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
        await UntilAsync(() => CountNaps() == 2);

        guard.StandardInput.Close();

        Assert.Equal("", await guard.StandardOutput.ReadToEndAsync().WaitAsync(_patience));
        await guard.WaitForExitAsync().WaitAsync(_patience);
        await UntilAsync(() => CountNaps() == 0);
    }

    [Fact]
    public async Task A_group_whose_guard_was_killed_is_found_again_by_its_mark()
    {
        await using var process = await StartAsync($"sleep {_nap}");
        await UntilAsync(() => CountNaps() == 1);
        using (var guard = Process.GetProcessById(ParentOf(process.Mark.GroupId)))
            guard.Kill();

        Host.KillLeftover(process.Mark);

        Assert.Equal(137, await process.ExitCode.WaitAsync(_patience));
        await UntilAsync(() => CountNaps() == 0);
    }

    [Fact]
    public async Task A_number_that_belongs_to_somebody_else_now_is_left_alone()
    {
        await using var process = await StartAsync($"sleep {_nap}");
        await UntilAsync(() => CountNaps() == 1);

        Host.KillLeftover(process.Mark with { StartTime = process.Mark.StartTime - 1 });
        Host.KillLeftover(process.Mark with { BootId = "another-boot" });
        Host.KillLeftover(process.Mark with { StartTime = 0 });

        await Task.Delay(100);
        Assert.False(process.ExitCode.IsCompleted);
        Assert.Equal(1, CountNaps());
    }

    [Fact]
    public async Task Fifty_commands_at_once_keep_their_outputs_apart_and_leave_nothing_behind()
    {
        // None ends before all were looked at: a pipe without a writer keeps those waiting that open it.
        using var folder = new TempFolder();
        var gate = Path.Combine(folder.Path, "gate");
        await using (var making = await StartAsync($"mkfifo {gate}"))
            Assert.Equal(0, await making.ExitCode.WaitAsync(_patience));

        var running = await Task.WhenAll(Enumerable.Range(0, 50).Select(async i => (Number: i, Process: await StartAsync($": < {gate}; sleep 0.{i % 5}; echo {i}; exit {i}"))));
        string?[][] pipes = [.. running.Select(static r => (string?[])[TargetOf($"/proc/{r.Process.Mark.GroupId}/fd/1"), TargetOf($"/proc/{r.Process.Mark.GroupId}/fd/3")])]; // Output and reports.
        Assert.All(pipes.SelectMany(static p => p), static pipe => Assert.StartsWith("pipe:[", Path.GetFileName(pipe), StringComparison.Ordinal));

        using var opened = File.OpenHandle(gate, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        await Task.WhenAll(running.Zip(pipes, async (started, own) =>
        {
            var (i, process) = started;
            Assert.Equal($"{i}\n", await ReadToEndAsync(process));
            Assert.Equal(i, await process.ExitCode.WaitAsync(_patience));
            await process.DisposeAsync();
            Assert.False(Directory.Exists($"/proc/{process.Mark.GroupId}"), "the leader is a zombie");
            Assert.Empty(Directory.EnumerateFiles("/proc/self/fd").Select(TargetOf).Intersect(own, StringComparer.Ordinal));
        }));
    }

    [Fact]
    public async Task A_start_that_is_given_up_leaves_nothing_behind()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await Host.StartAsync(new ToolProcessSpec($"sleep {_nap}", "/"), cancelled.Token));

        Assert.Equal(0, CountNaps());
    }

    private ValueTask<IToolProcess> StartAsync(string command) => Host.StartAsync(new ToolProcessSpec(command, "/"), default);

    private static async Task<string> ReadToEndAsync(IToolProcess process, OutputPipe pipe = OutputPipe.Out)
    {
        using var patience = new CancellationTokenSource(_patience);
        var output = new StringBuilder();
        while (await process.ReadAsync(pipe, patience.Token) is { Length: > 0 } chunk)
            output.Append(Encoding.UTF8.GetString(chunk.Span));
        return output.ToString();
    }

    private int CountNaps() => Directory.EnumerateDirectories("/proc").Count(directory =>
    {
        try
        {
            return File.ReadAllText($"{directory}/cmdline") == $"sleep\0{_nap}\0";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    });

    // Whoever started the tests may have left descriptors open for everybody: those are not ours to close. O_CLOEXEC is 02000000 on Linux.
    private static bool IsInheritable(string descriptor) =>
        descriptor is not ("0" or "1" or "2") && File.Exists($"/proc/self/fdinfo/{descriptor}")
        && (Convert.ToInt32(File.ReadLines($"/proc/self/fdinfo/{descriptor}").Single(line => line.StartsWith("flags:", StringComparison.Ordinal)).Split('\t')[1], 8) & 0x80000) == 0;

    private static int ParentOf(int processId) =>
        int.Parse(File.ReadAllText($"/proc/{processId}/stat").Split(") ")[^1].Split(' ')[1], CultureInfo.InvariantCulture);

    private static string? TargetOf(string link)
    {
        try
        {
            return new FileInfo(link).LinkTarget;
        }
        catch (IOException)
        {
            return null; // Closed meanwhile.
        }
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        var clock = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(clock.Elapsed < _patience, "waited in vain");
            await Task.Delay(10);
        }
    }
}
