using System.Globalization;
using System.Runtime.InteropServices;

namespace OpenCode.Actors.Sessions.Tools.Doors;

/// <summary>The system's process groups: finds the process of a number, and sends signals to a whole group.</summary>
internal static partial class ProcessGroups
{
    public const int Terminate = 15;
    public const int Kill = 9;

    /// <summary>Gets the name of this boot; empty where the system does not say (it does on Linux: random(4)).</summary>
    public static string BootId { get; } = File.Exists("/proc/sys/kernel/random/boot_id") ? File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim() : "";

    /// <summary>Reads a leader's report of itself: a line of <c>/proc/PID/stat</c>, or a bare number.</summary>
    public static ProcessMark? Parse(string report)
    {
        var numberEnd = report.IndexOf(' ', StringComparison.Ordinal) is >= 0 and var end ? end : report.Length;
        return int.TryParse(report.AsSpan(0, numberEnd), NumberStyles.None, CultureInfo.InvariantCulture, out var id) && id > 1
            ? new ProcessMark(id, StartTimeOf(report), BootId)
            : null;
    }

    /// <summary>Sends a signal to the whole group if its leader is still the process that the mark names. A number that was given to another process is left alone.</summary>
    /// <returns>Whether a group was signalled.</returns>
    public static bool Signal(ProcessMark mark, int signal)
    {
        if (mark.BootId != BootId || mark.StartTime == 0 || mark.StartTime != StartTimeOf(mark.GroupId))
            return false;

        return SendSignal(-mark.GroupId, signal) == 0;
    }

    /// <summary>True if a process of the group still runs, beside its leader. Asks all processes: a leader that was not reaped keeps the number of its group.</summary>
    public static bool HasMembers(ProcessMark mark)
    {
        foreach (var folder in Directory.Exists("/proc/self") ? Directory.EnumerateDirectories("/proc") : [])
        {
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id) && id != mark.GroupId && IsMember(folder, mark.GroupId))
                return true;
        }

        return false;
    }

    // proc(5): behind the name in parentheses come the state, the parent and the group. A zombie has ended.
    private static bool IsMember(string folder, int groupId)
    {
        try
        {
            var stat = File.ReadAllText(folder + "/stat");
            var fields = stat[(stat.LastIndexOf(')') + 1)..].Split(' ', 5, StringSplitOptions.RemoveEmptyEntries);
            return fields is [not ("Z" or "X"), _, var group, ..] && group == groupId.ToString(CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false; // Gone meanwhile.
        }
    }

    private static long StartTimeOf(int processId)
    {
        try
        {
            return StartTimeOf(File.ReadAllText($"/proc/{processId}/stat"));
        }
        catch (IOException)
        {
            return 0; // No such process.
        }
    }

    // proc(5): field 2 is the name in parentheses and may hold anything; field 22, the start time, is the 20th after the last ')'.
    private static long StartTimeOf(string stat)
    {
        var fields = stat.AsSpan(stat.LastIndexOf(')') + 1).Trim();
        var index = 0;
        foreach (var range in fields.Split(' '))
        {
            if (++index == 20)
                return long.TryParse(fields[range], NumberStyles.None, CultureInfo.InvariantCulture, out var ticks) ? ticks : 0;
        }

        return 0;
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendSignal(int processId, int signal);
}
