using OpenCode.Actors.EndToEnd.Harness;
using OpenCode.Actors.Sessions.Tools;
using OpenCode.Actors.Sessions.Tools.Doors;

namespace OpenCode.Actors.EndToEnd.Processes;

/// <summary>What a command gets and gives: its outputs, its environment, its exit code, and nothing of other commands.</summary>
public sealed class PosixProcessHostTests : ProcessHostKit
{
    [Theory]
    [InlineData("true", 0)]
    [InlineData("exit 3", 3)]
    [InlineData("kill -9 $$", 137)]
    [InlineData("kill -TERM $$", 143)]
    [InlineData("no-such-command-here", 127)]
    [InlineData("kill -9 0", 137)] // Takes the leader with it: nothing reports.
    public async Task The_exit_code_of_the_shell_is_reported(string command, int expected)
    {
        await using var process = await StartAsync(command);

        Assert.Equal(expected, await process.ExitCode.WaitAsync(Patience));
    }

    [Fact]
    public async Task A_program_that_is_not_there_is_complained_of_as_by_a_shell()
    {
        await using var process = await Host.StartAsync(new ToolProcessSpec("no-such-program-here", "/usr") { Arguments = ["x"] }, default);

        var complaint = await ReadToEndAsync(process, OutputPipe.Error);

        Assert.StartsWith("sh: ", complaint, StringComparison.Ordinal);
        Assert.Contains("no-such-program-here: not found", complaint, StringComparison.Ordinal);
        Assert.Equal(127, await process.ExitCode.WaitAsync(Patience));
    }

    [Fact]
    public async Task A_command_gets_the_environment_of_the_server_without_its_secrets()
    {
        Environment.SetEnvironmentVariable("E2E_TOOL_SECRET", "secret");
        Environment.SetEnvironmentVariable("E2E_TOOL_PLAIN", "plain");
        Options.Secrets.Add(["E2E_TOOL_SECRET"]);
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
    public async Task Fifty_commands_at_once_keep_their_outputs_apart_and_leave_nothing_behind()
    {
        // None ends before all were looked at: a pipe without a writer keeps those waiting that open it.
        using var folder = new TempFolder();
        var gate = Path.Combine(folder.Path, "gate");
        await using (var making = await StartAsync($"mkfifo {gate}"))
            Assert.Equal(0, await making.ExitCode.WaitAsync(Patience));

        var running = await Task.WhenAll(Enumerable.Range(0, 50).Select(async i => (Number: i, Process: await StartAsync($": < {gate}; sleep 0.{i % 5}; readlink /proc/$$/fd/1; echo {i}; exit {i}"))));
        string?[] reports = [.. running.Select(static r => TargetOf($"/proc/{r.Process.Mark.GroupId}/fd/3"))];
        Assert.All(reports, static pipe => Assert.StartsWith("pipe:[", Path.GetFileName(pipe), StringComparison.Ordinal));

        using var opened = File.OpenHandle(gate, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        await Task.WhenAll(running.Zip(reports, async (started, report) =>
        {
            var (i, process) = started;
            var lines = (await ReadToEndAsync(process)).Split('\n');
            Assert.Equal([$"{i}", ""], lines[1..]);
            Assert.EndsWith("/stdout (deleted)", lines[0], StringComparison.Ordinal); // The name goes when the pipe is open.
            Assert.Equal(i, await process.ExitCode.WaitAsync(Patience));
            Assert.Contains(lines[0], Open());
            await process.DisposeAsync();
            Assert.False(Directory.Exists($"/proc/{process.Mark.GroupId}"), "the leader is a zombie");
            Assert.Empty(Open().Intersect([report, lines[0]], StringComparer.Ordinal));
        }));

        static IEnumerable<string?> Open() => Directory.EnumerateFiles("/proc/self/fd").Select(TargetOf);
    }

    [Fact]
    public async Task A_start_that_is_given_up_leaves_nothing_behind()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await Host.StartAsync(new ToolProcessSpec($"sleep {Nap}", "/"), cancelled.Token));

        Assert.Equal(0, CountNaps());
    }

    // The parent of the tests may have left descriptors open for all children: those are not ours to close. O_CLOEXEC is 02000000 on Linux.
    private static bool IsInheritable(string descriptor) =>
        descriptor is not ("0" or "1" or "2") && File.Exists($"/proc/self/fdinfo/{descriptor}")
        && (Convert.ToInt32(File.ReadLines($"/proc/self/fdinfo/{descriptor}").Single(line => line.StartsWith("flags:", StringComparison.Ordinal)).Split('\t')[1], 8) & 0x80000) == 0;

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
}
