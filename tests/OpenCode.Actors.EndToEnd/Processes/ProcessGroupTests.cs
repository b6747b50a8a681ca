using System.Diagnostics;
using System.Globalization;
using OpenCode.Actors.EndToEnd.Harness;
using OpenCode.Actors.Sessions.Tools;
using OpenCode.Actors.Sessions.Tools.Doors;

namespace OpenCode.Actors.EndToEnd.Processes;

/// <summary>A command is a group of processes, which ends as a whole.</summary>
public sealed class ProcessGroupTests : ProcessHostKit
{
    [Fact]
    public async Task What_a_command_left_in_the_background_goes_on_and_ends_with_its_owner()
    {
        using var folder = new TempFolder();
        var host = Host;
        var process = await host.StartAsync(new ToolProcessSpec($"(sleep 1; echo late; touch {folder.Path}/ALIVE; sleep {Nap}) & echo started", "/", "ses_1"), default);
        Assert.Equal(0, await process.ExitCode.WaitAsync(Patience));

        await process.LeaveAsync().AsTask().WaitAsync(Patience);

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
        Assert.Equal(0, await process.ExitCode.WaitAsync(Patience));

        await process.LeaveAsync();

        await UntilAsync(() => !Directory.Exists($"/proc/{process.Mark.GroupId}"));
    }

    [Fact]
    public async Task Kill_ends_the_shell_and_its_grandchildren()
    {
        await using var process = await StartAsync($"sleep {Nap} & (sleep {Nap} & sleep {Nap}) & sleep {Nap}");
        await UntilAsync(() => CountNaps() == 4);

        process.Kill();

        Assert.Equal("", await ReadToEndAsync(process));
        Assert.Equal(143, await process.ExitCode.WaitAsync(Patience));
        Assert.Equal(0, CountNaps());
    }

    [Fact]
    public async Task A_group_that_ignores_the_polite_signal_is_killed_when_the_grace_is_over()
    {
        Options.KillGrace = TimeSpan.FromMilliseconds(400);
        await using var process = await StartAsync($"trap '' TERM; (trap '' TERM; sleep {Nap}) & echo ready; sleep {Nap}; sleep {Nap}");
        await UntilAsync(() => CountNaps() == 2);
        var clock = Stopwatch.StartNew();

        process.Kill();

        Assert.Equal("ready\n", await ReadToEndAsync(process));
        Assert.Equal(137, await process.ExitCode.WaitAsync(Patience));
        Assert.Equal(0, CountNaps());
        Assert.True(clock.Elapsed > Options.KillGrace * 0.9, $"killed after {clock.Elapsed}");
    }

    [Fact]
    public async Task A_command_may_clean_up_when_it_is_ended()
    {
        await using var process = await StartAsync($"trap 'echo cleaned; exit 7' TERM; echo ready; sleep {Nap} & wait");
        await UntilAsync(() => CountNaps() == 1);

        process.Kill();

        Assert.Equal("ready\ncleaned\n", await ReadToEndAsync(process));
        Assert.Equal(7, await process.ExitCode.WaitAsync(Patience));
    }

    [Fact]
    public async Task The_exit_code_is_known_while_a_child_in_the_background_holds_the_output()
    {
        var process = await StartAsync($"sleep {Nap} & echo started; exit 5");

        Assert.Equal(5, await process.ExitCode.WaitAsync(Patience));
        await UntilAsync(() => CountNaps() == 1);

        await process.DisposeAsync();

        Assert.Equal(0, CountNaps());
    }

    [Theory]
    [InlineData("setsid sleep NAP &")]
    [InlineData("setsid sh -c 'sleep NAP & exit'")]
    [InlineData("(setsid nohup sleep NAP </dev/null >/dev/null 2>&1 &)")]
    [InlineData("set -m; sleep NAP & disown")]
    [InlineData("setsid sh -c \"trap '' TERM; setsid sleep NAP & wait\" &")]
    public async Task What_left_the_group_goes_on_and_ends_with_its_owner(string command)
    {
        Options.KillGrace = TimeSpan.FromMilliseconds(400);
        var host = Host;
        var process = await host.StartAsync(new ToolProcessSpec(command.Replace("NAP", $"{Nap}", StringComparison.Ordinal), "/", "ses_1"), default);
        Assert.Equal(0, await process.ExitCode.WaitAsync(Patience));
        await process.LeaveAsync().AsTask().WaitAsync(Patience);

        await UntilAsync(() => CountNaps() == 1);
        host.KillOf("ses_2");
        await Task.Delay(100);
        Assert.Equal(1, CountNaps());
        host.KillOf("ses_1");
        await UntilAsync(() => CountNaps() == 0 && !Directory.Exists($"/proc/{process.Mark.GroupId}"));
    }

    [Fact]
    public async Task A_command_that_is_ended_leaves_nothing_outside_of_its_group()
    {
        Options.KillGrace = TimeSpan.FromMilliseconds(400);
        var process = await StartAsync($"setsid sh -c \"trap '' TERM; sleep {Nap}; sleep {Nap}\" & setsid sleep {Nap} & sleep {Nap}");
        await UntilAsync(() => CountNaps() == 3);

        await process.DisposeAsync();

        await UntilAsync(() => CountNaps() == 0);
    }

    [Fact]
    public async Task All_commands_end_at_once_with_what_left_their_groups()
    {
        Options.KillGrace = TimeSpan.FromMilliseconds(400);
        var host = Host;
        for (var i = 0; i < 3; i++)
            await host.StartAsync(new ToolProcessSpec($"setsid sleep {Nap} & sleep {Nap}", "/"), default);
        await UntilAsync(() => CountNaps() == 6);

        host.KillAll();

        await UntilAsync(() => CountNaps() == 0);
    }

    [Fact]
    public async Task A_process_without_an_environment_is_not_taken_for_one_that_a_command_left()
    {
        await using var process = await StartAsync("exit");
        await process.ExitCode.WaitAsync(Patience);
        using var other = Process.Start("/usr/bin/env", ["-i", "sleep", $"{Nap}"]);
        await UntilAsync(() => CountNaps() == 1);

        try
        {
            var polls = new Dictionary<(int, long), int>();
            await UntilAsync(() => ProcessGroups.HasMembers((process.Mark, "no such label"), polls) == false);
        }
        finally
        {
            other.Kill();
        }
    }

    [Fact]
    public async Task The_guard_kills_the_group_and_what_left_it_when_the_pipe_of_a_dead_server_closes()
    {
        // What a server's death does, without the death: its end of the guard's pipe closes and no signal is sent.
        using var folder = new TempFolder();
        var pipes = Directory.CreateDirectory(Path.Combine(folder.Path, "pipes")).FullName;
        using var guard = Process.Start(new ProcessStartInfo("/usr/bin/setsid",
            ["/bin/sh", "-c", GuardScripts.Guard, "guard", $"label{Nap}", pipes, "/usr/bin/setsid", "/bin/sh", "-c", GuardScripts.Leader, "sh", "tool", pipes, "/dev/null",
                "/bin/sh", "-c", $"(sleep {Nap}) & setsid sh -c 'while :; do sleep {Nap}; done' & sleep {Nap}; true"])
        { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardError = true })!;
        await UntilAsync(() => CountNaps() == 3);

        guard.StandardInput.Close();

        Assert.DoesNotContain("end", await guard.StandardError.ReadToEndAsync().WaitAsync(Patience), StringComparison.Ordinal); // The leader was killed too.
        await guard.WaitForExitAsync().WaitAsync(Patience);
        await UntilAsync(() => CountNaps() == 0);
        Assert.False(Directory.Exists(pipes));
    }

    [Fact]
    public async Task What_left_a_group_whose_guard_was_killed_ends_too()
    {
        var process = await StartAsync($"setsid sleep {Nap} & sleep {Nap}");
        await UntilAsync(() => CountNaps() == 2);
        using (var guard = Process.GetProcessById(ParentOf(process.Mark.GroupId)))
            guard.Kill();

        await process.DisposeAsync();

        await UntilAsync(() => CountNaps() == 0);
    }

    [Fact]
    public async Task A_command_that_stopped_its_guard_ends_all_the_same()
    {
        Options.KillGrace = TimeSpan.FromMilliseconds(400);
        var process = await StartAsync("exec >&- 2>&-; kill -STOP $(cut -d' ' -f4 /proc/$PPID/stat)");
        Assert.Equal(0, await process.ExitCode.WaitAsync(Patience));

        await process.LeaveAsync().AsTask().WaitAsync(Patience);

        await UntilAsync(() => !Directory.Exists($"/proc/{process.Mark.GroupId}"));
    }

    [Fact]
    public async Task An_output_that_a_command_closed_ends_before_the_command()
    {
        await using var process = await StartAsync($"echo last; exec >&-; sleep {Nap}");

        Assert.Equal("last\n", await ReadToEndAsync(process));

        Assert.False(process.ExitCode.IsCompleted);
        await UntilAsync(() => CountNaps() == 1);
    }

    [Fact]
    public async Task A_group_whose_guard_was_killed_is_found_again_by_its_mark()
    {
        await using var process = await StartAsync($"sleep {Nap}");
        await UntilAsync(() => CountNaps() == 1);
        using (var guard = Process.GetProcessById(ParentOf(process.Mark.GroupId)))
            guard.Kill();

        Host.KillLeftover(process.Mark);

        Assert.Equal(137, await process.ExitCode.WaitAsync(Patience));
        await UntilAsync(() => CountNaps() == 0);
    }

    [Fact]
    public async Task A_number_that_the_system_reused_is_left_alone()
    {
        await using var process = await StartAsync($"sleep {Nap}");
        await UntilAsync(() => CountNaps() == 1);

        Host.KillLeftover(process.Mark with { StartTime = process.Mark.StartTime - 1 });
        Host.KillLeftover(process.Mark with { BootId = "another-boot" });
        Host.KillLeftover(process.Mark with { StartTime = 0 });

        await Task.Delay(100);
        Assert.False(process.ExitCode.IsCompleted);
        Assert.Equal(1, CountNaps());
    }

    private static int ParentOf(int processId) =>
        int.Parse(File.ReadAllText($"/proc/{processId}/stat").Split(") ")[^1].Split(' ')[1], CultureInfo.InvariantCulture);
}
