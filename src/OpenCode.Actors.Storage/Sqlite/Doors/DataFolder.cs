using OpenCode.Actors.Journal;

namespace OpenCode.Actors.Storage.Sqlite.Doors;

/// <summary>A data folder that this process holds: no other process writes to it (rule "One holder").</summary>
internal sealed class DataFolder : IDisposable
{
    /// <summary>The name of the database in the folder.</summary>
    public const string DatabaseFile = "hub.db";

    private const string LockFile = "lock";
    private const string NoLocksVariable = "DOTNET_SYSTEM_IO_DISABLEFILELOCKING";
    private const string NoLocksSwitch = "System.IO.DisableFileLocking";
    private const string FrontsFile = "fronts";
    private const string BootIdFile = "/proc/sys/kernel/random/boot_id";

    // What .NET gives for a flock that another process has.
    private const int WouldBlock = 11;
    private const int WouldBlockOnMac = 35;
    private const int SharingViolation = unchecked((int)0x80070020);

    private readonly FileStream _lock;

    private DataFolder(string path, FileStream held) => (Path, _lock) = (path, held);

    /// <summary>Gets the full path.</summary>
    public string Path { get; }

    /// <summary>Takes a folder; makes it where it is not there.</summary>
    /// <exception cref="JournalLockedException">Another process has it.</exception>
    /// <exception cref="JournalFolderException">It cannot be used.</exception>
    public static DataFolder Take(string folder) => TryTake(folder) ?? throw new JournalLockedException(System.IO.Path.GetFullPath(folder), HolderOf(folder));

    /// <summary>Takes a folder if no other process has it; makes it where it is not there.</summary>
    /// <returns>The folder; null while another process has it.</returns>
    /// <exception cref="JournalFolderException">It cannot be used.</exception>
    public static DataFolder? TryTake(string folder)
    {
        var path = System.IO.Path.GetFullPath(folder);
        try
        {
            Make(path);
            RefuseOldFormat(path);
            if (OpenLock(path, FileMode.OpenOrCreate) is not { } held)
                return null;

            return Hold(path, held);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new JournalFolderException(path, e.Message, "Give the user of the server the right to write there, or name another folder (--data).");
        }
        catch (IOException e)
        {
            throw new JournalFolderException(path, e.Message, "Name another folder (--data), or see what is wrong with its disk.");
        }
    }

    /// <summary>Takes the folder of a holder that has ended. Makes nothing: neither folder nor lock.</summary>
    /// <returns>The folder; null while another process has it.</returns>
    /// <exception cref="IOException">It cannot be seen now whether another process has it; also because it is not there.</exception>
    /// <exception cref="UnauthorizedAccessException">The same, for a lack of rights.</exception>
    /// <exception cref="JournalFolderException">Its holder has ended, and its database is gone or may not be used.</exception>
    public static DataFolder? TryTakeOver(string folder)
    {
        var path = System.IO.Path.GetFullPath(folder);
        if (OpenLock(path, FileMode.Open) is not { } held)
            return null;

        if (File.Exists(System.IO.Path.Combine(path, DatabaseFile)))
            return Hold(path, held);

        held.Dispose();
        throw Gone(path);
    }

    /// <summary>Makes the error for a folder whose database was taken away.</summary>
    public static JournalFolderException Gone(string path) => new(
        path,
        $"the server that held it has ended, and its '{DatabaseFile}' is gone",
        "Put it back if it was moved, and start the server again; a start without it begins with no sessions.");

    /// <summary>Refuses a folder of the file journal, which this program does not read.</summary>
    /// <exception cref="JournalFolderException">It is one.</exception>
    public static void RefuseOldFormat(string path)
    {
        if (!File.Exists(System.IO.Path.Combine(path, DatabaseFile)) && File.Exists(System.IO.Path.Combine(path, "timeline.json")))
        {
            throw new JournalFolderException(
                path,
                "it is in the format of version 0.1 (timeline.json, journal/)",
                "Take its sessions along: 'opencode-actors export --data FOLDER --output FILE' with version 0.1, then 'opencode-actors import FILE --data NEW_FOLDER' with this one.");
        }
    }

    /// <summary>Refuses a folder whose database is gone while its log is there, or is empty: a start would begin anew and lose what is left. And a database that is a link.</summary>
    /// <remarks>SQLite keeps the log beside the target of a link, where this program does not look, and another folder may link to the same file.</remarks>
    /// <exception cref="JournalFolderException">It is one.</exception>
    public static void RefuseUnsafeFile(string path)
    {
        var (file, log) = (System.IO.Path.Combine(path, DatabaseFile), System.IO.Path.Combine(path, DatabaseFile + "-wal"));
        var hasLog = LengthOf(log) > 0;
        if (new FileInfo(file).LinkTarget is { } target)
        {
            throw new JournalFolderException(
                path,
                $"its '{DatabaseFile}' is a symbolic link, to '{target}'",
                "Name the folder of that file (--data), or move the file, and its '-wal' if there is one, to where the link is.");
        }

        switch (LengthOf(file))
        {
            case null when hasLog:
                throw new JournalFolderException(
                    path,
                    $"'{DatabaseFile}' is gone, and its write-ahead log '{DatabaseFile}-wal' is there, with what was written last",
                    $"Put '{DatabaseFile}' back beside it if it was moved; or move '{DatabaseFile}-wal' away, and put a backup in the place of '{DatabaseFile}', or begin with no sessions.");
            case 0: // This program never leaves one, and SQLite removes the log of an empty file when it first reads it.
                throw new JournalFolderException(
                    path,
                    $"'{DatabaseFile}' is empty: something has emptied it",
                    (hasLog ? $"Move '{DatabaseFile}-wal' away: it has what was written last. Then put" : "Put") + $" a backup in the place of '{DatabaseFile}', or remove that to begin with no sessions.");
        }
    }

    /// <summary>Requires a folder.</summary>
    /// <exception cref="DirectoryNotFoundException">There is none.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not see that.</exception>
    public static void RequireThere(string path)
    {
        if (!IsThere(path))
            throw new DirectoryNotFoundException(HasFile(path) ? $"'{path}' is a file: name the data folder that it is in." : $"There is no data folder '{path}': name one that is there.");
    }

    /// <summary>Requires a folder with a journal in it, of this or the old format.</summary>
    /// <exception cref="DirectoryNotFoundException">There is none.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not see that.</exception>
    public static void RequireJournal(string path)
    {
        RequireThere(path);
        if (!Array.Exists([DatabaseFile, DatabaseFile + "-wal", "timeline.json"], name => HasFile(System.IO.Path.Combine(path, name))))
            throw new DirectoryNotFoundException($"There is no journal in '{path}': name a data folder (--data).");
    }

    /// <summary>True if there is such a folder.</summary>
    /// <exception cref="UnauthorizedAccessException">This user may not see that.</exception>
    public static bool IsThere(string path) => Attributes(path)?.HasFlag(FileAttributes.Directory) == true;

    /// <summary>True if there is such a file.</summary>
    /// <exception cref="UnauthorizedAccessException">This user may not see that.</exception>
    public static bool HasFile(string path) => Attributes(path)?.HasFlag(FileAttributes.Directory) == false;

    /// <summary>Gets the length of a file and when it was written, by its name; null where there is none.</summary>
    public static (long Length, DateTime Written)? Look(string path) => new FileInfo(path) is { Exists: true } file ? (file.Length, file.LastWriteTimeUtc) : null;

    /// <summary>Gets which boot of the machine this is; null where the system does not say.</summary>
    public static string? Boot() => File.Exists(BootIdFile) ? File.ReadAllText(BootIdFile).Trim() : null;

    /// <summary>Notes in a folder that this process is a front of its holder, until what is returned is disposed or the process ends.</summary>
    /// <returns>The note; null while the holder looks, for some microseconds, or where nothing can be written.</returns>
    public static IDisposable? TryMarkFront(string path)
    {
        try
        {
            return new FileStream(System.IO.Path.Combine(path, FrontsFile), FileMode.OpenOrCreate, FileAccess.Read, FileShare.Read, bufferSize: 0); // a shared flock
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>True if another process is a front of this one.</summary>
    public bool HasFronts()
    {
        try
        {
            using var alone = new FileStream(System.IO.Path.Combine(Path, FrontsFile), FileMode.Open, FileAccess.Read, FileShare.None, bufferSize: 0);
            return false;
        }
        catch (FileNotFoundException)
        {
            return false;
        }
        catch (IOException e) when (IsLocked(e))
        {
            return true;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Once: it is another process's after that.
        if (!_lock.SafeFileHandle.IsClosed)
            HolderFile.RemoveIfEmpty(Path);
        _lock.Dispose();
    }

    // Null while it does not listen, and where it may not be read.
    private static string? HolderOf(string folder)
    {
        try
        {
            return HolderFile.Read(folder)?.ToString();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static bool IsLocked(IOException e) => e.HResult is SharingViolation or WouldBlock or WouldBlockOnMac;

    private static long? LengthOf(string file) => Look(file)?.Length;

    // File.Exists says no of what may not be seen.
    private static FileAttributes? Attributes(string path)
    {
        try
        {
            return File.GetAttributes(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    private static DataFolder Hold(string path, FileStream held)
    {
        try
        {
            RefuseUnsafeFile(path);
            HolderFile.Clear(path); // What it says is about a process that has ended.
            return new(path, held);
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    // Rule "One holder": FileShare.None is a flock on Unix, which the system frees with the process. The file is never removed, renamed or replaced.
    private static FileStream? OpenLock(string path, FileMode mode)
    {
        if (IsLockingDisabled())
        {
            throw new JournalFolderException(
                path,
                $"'{NoLocksVariable}' turns off file locks, and without them two servers could write to it",
                $"Take '{NoLocksVariable}' out of the environment, and '{NoLocksSwitch}' out of runtimeconfig.json.");
        }

        try
        {
            return new FileStream(System.IO.Path.Combine(path, LockFile), mode, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        }
        catch (IOException e) when (IsLocked(e))
        {
            return null;
        }
    }

    // As .NET decides it: the switch first.
    private static bool IsLockingDisabled() => AppContext.TryGetSwitch(NoLocksSwitch, out var isDisabled)
        ? isDisabled
        : Environment.GetEnvironmentVariable(NoLocksVariable) is { } value && (value == "1" || value.Equals("true", StringComparison.OrdinalIgnoreCase));

    // For this user alone: it has what people said to their agents.
    private static void Make(string path)
    {
        if (Directory.Exists(path))
            return;

        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(path);
        else
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

        if (System.IO.Path.GetDirectoryName(path) is { } parent)
            FolderSync.Run(parent);
    }
}
