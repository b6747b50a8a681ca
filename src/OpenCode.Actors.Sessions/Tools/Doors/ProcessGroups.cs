using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace OpenCode.Actors.Sessions.Tools.Doors;

/// <summary>The system's process groups: finds the process of a number, and what left a group, and sends signals to them.</summary>
internal static partial class ProcessGroups
{
    public const int Terminate = 15;
    public const int Kill = 9;

    private const int MostEmptyPolls = 4;

    private static readonly int _continue = OperatingSystem.IsMacOS() ? 19 : 18;

    /// <summary>Gets the name of this boot; empty where the system does not say (it does on Linux: random(4)).</summary>
    public static string BootId { get; } = File.Exists("/proc/sys/kernel/random/boot_id") ? File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim() : "";

    /// <summary>Reads a leader's report of itself: a line of <c>/proc/PID/stat</c>, or a bare number.</summary>
    public static ProcessMark? Parse(string report)
    {
        var numberEnd = report.IndexOf(' ', StringComparison.Ordinal) is >= 0 and var end ? end : report.Length;
        return int.TryParse(report.AsSpan(0, numberEnd), NumberStyles.None, CultureInfo.InvariantCulture, out var id) && id > 1
            ? new ProcessMark(id, ProcessStat.Parse(report)?.StartTime ?? 0, BootId)
            : null;
    }

    /// <summary>Sends a signal to the whole group if its leader is still the process that the mark names. A number that was given to another process is left alone.</summary>
    /// <returns>Whether a group was signalled.</returns>
    public static bool Signal(ProcessMark mark, int signal)
    {
        if (mark.BootId != BootId || mark.StartTime == 0 || mark.StartTime != ProcessStat.Read($"/proc/{mark.GroupId}")?.StartTime)
            return false;

        return SendSignal(-mark.GroupId, signal) == 0;
    }

    /// <summary>Lets a process go on that was stopped.</summary>
    public static void Continue(int processId) => _ = SendSignal(processId, _continue);

    /// <summary>Polls whether a process of the group still runs, beside its leader, or one that left it. Asks all processes: a leader that was not reaped keeps the number of its group.</summary>
    /// <param name="command">The group, and the label of what left it.</param>
    /// <param name="emptyPolls">How often a process was found without an environment: when it becomes another program, or for good. The latter is another command's.</param>
    /// <returns>Null when a process may just be becoming another program, so that it could not be seen whose it is.</returns>
    public static bool? HasMembers((ProcessMark Mark, string Label) command, Dictionary<(int Id, long StartTime), int> emptyPolls)
    {
        bool? has = false;
        var label = Encoding.ASCII.GetBytes(command.Label);
        foreach (var process in ProcessesSince(command.Mark))
        {
            var environment = process.Group == command.Mark.GroupId ? label : EnvironmentOf(process);
            if (environment.AsSpan().IndexOf(label) >= 0)
                return true;
            if (environment is [] && (emptyPolls[(process.Id, process.StartTime)] = emptyPolls.GetValueOrDefault((process.Id, process.StartTime)) + 1) < MostEmptyPolls)
                has = null;
        }

        return has;
    }

    /// <summary>Sends a signal to what left the groups of commands: it has a label of theirs in its environment. Reads those of all younger processes, once.</summary>
    public static void SignalStrays(IEnumerable<(ProcessMark Mark, string Label)> commands, int signal)
    {
        var sought = commands.Where(static command => command.Mark.GroupId > 0).Select(static command => (command.Mark, Label: Encoding.ASCII.GetBytes(command.Label))).ToList();
        if (sought.Count == 0)
            return;

        foreach (var process in ProcessesSince(sought.MinBy(static command => command.Mark.StartTime).Mark))
        {
            var environment = EnvironmentOf(process);
            if (sought.Exists(command => process.StartTime >= command.Mark.StartTime && process.Group != command.Mark.GroupId && process.Id != command.Mark.GroupId && environment.AsSpan().IndexOf(command.Label) >= 0))
                _ = SendSignal(process.Id, signal);
        }
    }

    // All processes that started with the leader or later, but for it and the system's own. A zombie has ended.
    private static IEnumerable<ProcessStat> ProcessesSince(ProcessMark mark)
    {
        foreach (var folder in mark.GroupId > 0 && Directory.Exists("/proc/self") ? Directory.EnumerateDirectories("/proc") : [])
        {
            if (ProcessStat.Read(folder) is { HasEnded: false, IsSystems: false } process && process.Id != mark.GroupId && process.StartTime >= mark.StartTime)
                yield return process;
        }
    }

    // Null when it is gone meanwhile, or another user's.
    private static byte[]? EnvironmentOf(ProcessStat process)
    {
        try
        {
            return File.ReadAllBytes($"/proc/{process.Id}/environ");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendSignal(int processId, int signal);
}
