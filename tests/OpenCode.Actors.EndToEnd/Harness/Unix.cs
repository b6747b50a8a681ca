using System.Globalization;
using System.Runtime.InteropServices;

namespace OpenCode.Actors.EndToEnd.Harness;

/// <summary>Signals and /proc: what the tests ask of the machine about processes.</summary>
internal static partial class Unix
{
    public const int Interrupt = 2;
    public const int Terminate = 15;
    public const int Stop = 19;
    public const int Continue = 18;

    private static readonly string[] _connections = ["/proc/net/tcp", "/proc/net/tcp6"];

    public static void Signal(int processId, int signal) => _ = Kill(processId, signal);

    /// <summary>Freezes a process, and waits until none of its threads runs any more.</summary>
    public static async Task FreezeAsync(int processId)
    {
        Signal(processId, Stop);
        await Eventually.TrueAsync(() => Directory.EnumerateDirectories($"/proc/{processId}/task").All(IsFrozen), "a frozen process");
    }

    private static bool IsFrozen(string task)
    {
        try
        {
            return File.ReadAllText(Path.Combine(task, "stat")).Split(") ")[^1][0] == 'T';
        }
        catch (IOException)
        {
            return true; // The thread has ended.
        }
    }

    /// <summary>Returns whether a file can be read and written by its owner, and by no other user.</summary>
    public static bool IsForOwnerAlone(string file) => OperatingSystem.IsWindows() || File.GetUnixFileMode(file) == (UnixFileMode.UserRead | UnixFileMode.UserWrite);

    /// <summary>Returns the mode of a file.</summary>
    public static UnixFileMode Mode(string file) => OperatingSystem.IsWindows() ? UnixFileMode.None : File.GetUnixFileMode(file);

    /// <summary>Sets the mode of a file.</summary>
    public static void SetMode(string file, UnixFileMode mode)
    {
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(file, mode);
    }

    /// <summary>Lets every user read a file.</summary>
    public static void LetOthersRead(string file)
    {
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
    }

    /// <summary>Reads the resident memory of a process, in bytes.</summary>
    public static long ResidentBytes(int processId)
    {
        var line = File.ReadLines($"/proc/{processId}/status").First(l => l.StartsWith("VmRSS:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;
    }

    /// <summary>Returns whether a process has an end of this machine's own TCP connections.</summary>
    /// <param name="processId">The process.</param>
    /// <param name="localPort">The port of its end.</param>
    /// <param name="remotePort">The port of the other end.</param>
    public static bool HasConnection(int processId, int localPort, int remotePort)
    {
        var (local, remote) = ($":{localPort:X4}", $":{remotePort:X4}");
        var inode = _connections.Where(File.Exists).SelectMany(File.ReadLines)
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .FirstOrDefault(fields => fields[1].EndsWith(local, StringComparison.Ordinal) && fields[2].EndsWith(remote, StringComparison.Ordinal))?[9];
        try
        {
            return inode is not null && Directory.EnumerateFiles($"/proc/{processId}/fd").Any(file => new FileInfo(file).LinkTarget == $"socket:[{inode}]");
        }
        catch (IOException)
        {
            return false; // the process has ended
        }
    }

    /// <summary>Returns whether a process of this machine listens on a port.</summary>
    public static bool IsListening(int port)
    {
        var local = $":{port:X4}";
        return _connections.Where(File.Exists).SelectMany(File.ReadLines)
            .Select(static line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Any(fields => fields[1].EndsWith(local, StringComparison.Ordinal) && fields[3] == "0A");
    }

    /// <summary>Lists living processes whose command line is exactly the given one.</summary>
    public static IReadOnlyList<int> ProcessesWith(params string[] commandLine)
    {
        var wanted = string.Join('\0', commandLine) + '\0';
        var found = new List<int>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var id))
                continue;

            try
            {
                if (File.ReadAllText(Path.Combine(folder, "cmdline")) == wanted)
                    found.Add(id);
            }
            catch (IOException)
            {
                // Ended while we looked.
            }
        }

        return found;
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int processId, int signal);
}
