using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace OpenCode.Actors.Sessions.Tools.Doors;

/// <summary>The system's process groups: finds the process of a number, and what left a group, and sends signals to them.</summary>
internal static partial class ProcessGroups
{
    public const int Terminate = 15;
    public const int Kill = 9;

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

    /// <summary>Looks whether a process of the group still runs, beside its leader, or one that left it. Asks all processes: a leader that was not reaped keeps the number of its group.</summary>
    /// <returns>Null when a process was just becoming another program, so that it could not be seen whose it is.</returns>
    public static bool? HasMembers(ProcessMark mark, string label)
    {
        bool? has = false;
        foreach (var (_, isMember) in Youngsters(mark, label))
        {
            if (isMember == true)
                return true;
            has = isMember is null ? null : has;
        }

        return has;
    }

    /// <summary>Sends a signal to what left the group: it has the label in its environment.</summary>
    public static void SignalStrays(ProcessMark mark, string label, int signal)
    {
        foreach (var (process, isMember) in Youngsters(mark, label))
        {
            if (isMember == true && process.Group != mark.GroupId)
                _ = SendSignal(process.Id, signal);
        }
    }

    // All processes that started with the leader or later, but for it and the system's own. A zombie has ended.
    private static IEnumerable<(ProcessStat Process, bool? IsMember)> Youngsters(ProcessMark mark, string label)
    {
        var sought = Encoding.ASCII.GetBytes(label);
        foreach (var folder in mark.GroupId > 0 && Directory.Exists("/proc/self") ? Directory.EnumerateDirectories("/proc") : [])
        {
            if (ProcessStat.Read(folder) is { HasEnded: false, IsSystems: false } process && process.Id != mark.GroupId && process.StartTime >= mark.StartTime)
                yield return (process, process.Group == mark.GroupId ? true : HasLabel(folder, sought));
        }
    }

    private static bool? HasLabel(string folder, byte[] label)
    {
        try
        {
            var environment = File.ReadAllBytes(folder + "/environ");
            return environment.Length == 0 ? null : environment.AsSpan().IndexOf(label) >= 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false; // Gone meanwhile, or another user's.
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendSignal(int processId, int signal);
}
