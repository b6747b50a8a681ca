using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;
using OpenCode.Actors.Journal.Stores;
using SQLitePCL;

namespace OpenCode.Actors.Storage.Sqlite.Doors;

/// <summary>Asks SQLite about the file that it has open (rule "Only SQLite opens the file").</summary>
internal static partial class FileControl
{
    // EDQUOT: the disk has room, but not for this user.
    private const int QuotaUsedUp = 122;
    private const int QuotaUsedUpOnMac = 69;
    private const int DiskFull = 28; // ENOSPC

    // SQLITE_FCNTL_HAS_MOVED: whether the file at the path is another one than the one that is open.
    private const int HasMoved = 20;

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Looks whether the file is still at its path.</summary>
    /// <param name="connection">A connection to it.</param>
    /// <param name="path">Its path, for the message.</param>
    /// <exception cref="StoreBrokenException">It was removed, renamed or replaced.</exception>
    public static void CheckInPlace(SqliteConnection connection, string path)
    {
        if (Control(connection.Handle!.DangerousGetHandle(), "main", HasMoved, out var moved) == 0 && moved != 0)
            throw Moved(path);
    }

    /// <summary>True if a statement failed because there is no room. Right after it: of a quota that is used up only the last error of the system tells.</summary>
    /// <param name="connection">The connection of the statement.</param>
    /// <param name="code">Its extended code.</param>
    public static bool IsFull(SqliteConnection connection, int code) => code switch
    {
        raw.SQLITE_FULL or raw.SQLITE_IOERR_SHMSIZE => true, // of the -shm there is no other code
        raw.SQLITE_IOERR_WRITE => !OperatingSystem.IsWindows() && IsQuota(LastError(connection.Handle!.DangerousGetHandle())),
        _ => false,
    };

    /// <summary>True if .NET could not make a file because there is no room.</summary>
    public static bool IsFull(IOException e) => !OperatingSystem.IsWindows() && (e.HResult == DiskFull || IsQuota(e.HResult)); // what the system gave

    /// <summary>Says that a file was taken away.</summary>
    /// <param name="path">Where it was.</param>
    public static StoreBrokenException Moved(string path) => new(
        $"'{path}' was removed, renamed or replaced under the server: what was written since then may be in no file any more",
        "Leave the data folder alone while a server runs. Put the file back, or restore a backup, and start again.");

    /// <summary>Lets only the owner read and write the file and its log, also where a restored copy let others: it has what people said to their agents. By name, without opening it.</summary>
    /// <param name="path">The path of the file.</param>
    /// <returns>Why not; null where it is so.</returns>
    public static string? RestrictToOwner(string path)
    {
        if (OperatingSystem.IsWindows())
            return null;

        try
        {
            foreach (var file in (string[])[path, path + "-wal", path + "-shm"])
            {
                if (File.Exists(file) && (File.GetUnixFileMode(file) & ~OwnerOnly) != UnixFileMode.None)
                    File.SetUnixFileMode(file, OwnerOnly);
            }

            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e.Message;
        }
    }

    /// <summary>Makes an empty file that only the owner may read and write, and so is the log that SQLite makes beside it. Before SQLite opens it.</summary>
    public static void MakeForOwner(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = OwnerOnly;
        new FileStream(path, options).Dispose();
    }

    /// <summary>Puts a file that is closed and whole in its place. It survives a power cut.</summary>
    public static void PutInPlace(string made, string path)
    {
        FolderSync.Run(made); // a file is synced as a folder is
        File.Move(made, path);
        FolderSync.Run(Path.GetDirectoryName(path)!);
    }

    /// <summary>Removes a file that was not finished, with what SQLite may have left beside it.</summary>
    public static void RemoveUnfinished(string made)
    {
        foreach (var file in (string[])[made, made + "-wal", made + "-shm", made + "-journal"])
            File.Delete(file);
    }

    private static bool IsQuota(int error) => error == (OperatingSystem.IsMacOS() ? QuotaUsedUpOnMac : QuotaUsedUp);

    [LibraryImport("e_sqlite3", EntryPoint = "sqlite3_system_errno")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int LastError(IntPtr database);

    [LibraryImport("e_sqlite3", EntryPoint = "sqlite3_file_control", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Control(IntPtr database, string schema, int operation, out int result);
}
