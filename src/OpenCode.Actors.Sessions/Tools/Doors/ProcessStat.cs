using System.Globalization;

namespace OpenCode.Actors.Sessions.Tools.Doors;

/// <summary>What the system says of a process: proc(5), <c>/proc/PID/stat</c>.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Group">The number of its group.</param>
/// <param name="StartTime">When it started, in clock ticks since boot.</param>
/// <param name="HasEnded">Whether it is a zombie.</param>
/// <param name="IsSystems">Whether it is a thread of the kernel.</param>
internal sealed record ProcessStat(int Id, int Group, long StartTime, bool HasEnded, bool IsSystems)
{
    private const int KernelThread = 0x20_0000;

    /// <summary>Reads the file in the folder of a process; null when there is none.</summary>
    public static ProcessStat? Read(string folder)
    {
        try
        {
            return char.IsAsciiDigit(folder[^1]) ? Parse(File.ReadAllText(folder + "/stat")) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null; // Gone meanwhile.
        }
    }

    /// <summary>Reads a line of such a file; null when it is none. Field 2 is the name in parentheses and may hold anything.</summary>
    public static ProcessStat? Parse(string line)
    {
        var fields = line[(line.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return fields.Length >= 20
            && int.TryParse(line.AsSpan(0, Math.Max(0, line.IndexOf(' ', StringComparison.Ordinal))), NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            && int.TryParse(fields[2], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var group)
            && uint.TryParse(fields[6], NumberStyles.None, CultureInfo.InvariantCulture, out var flags)
            && long.TryParse(fields[19], NumberStyles.None, CultureInfo.InvariantCulture, out var startTime)
            ? new ProcessStat(id, group, startTime, fields[0] is "Z" or "X", (flags & KernelThread) != 0)
            : null;
    }
}
