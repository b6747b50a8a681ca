using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace OpenCode.Actors.Journal.Doors;

/// <summary>The two syncs that .NET has no call for.</summary>
internal static partial class Posix
{
    private const int InterruptedCall = 4; // EINTR

    /// <summary>Syncs bytes and length. On Linux by fdatasync, which leaves out times and so often one write of the file system's own journal.</summary>
    public static void SyncData(SafeFileHandle handle)
    {
        if (!OperatingSystem.IsLinux())
        {
            RandomAccess.FlushToDisk(handle);
            return;
        }

        // .NET's FlushToDisk swallows some errors of fsync (EROFS, EINVAL): here each is reported.
        while (FDataSync(handle) != 0)
        {
            var error = Marshal.GetLastPInvokeError();
            if (error != InterruptedCall)
                throw new IOException($"fdatasync failed: {Marshal.GetPInvokeErrorMessage(error)}.", error);
        }
    }

    /// <summary>Syncs the names in a folder. Windows writes them with its own log and has nothing to call.</summary>
    public static void SyncFolder(string path)
    {
        if (OperatingSystem.IsWindows())
            return;

        const int ReadOnly = 0;
        using var folder = Open(path, ReadOnly);
        if (folder.IsInvalid)
        {
            var error = Marshal.GetLastPInvokeError();
            throw new IOException($"Opening the folder '{path}' to sync it failed: {Marshal.GetPInvokeErrorMessage(error)}.", error);
        }

        while (FSync(folder) != 0)
        {
            var error = Marshal.GetLastPInvokeError();
            if (error != InterruptedCall)
                throw new IOException($"fsync of the folder '{path}' failed: {Marshal.GetPInvokeErrorMessage(error)}.", error);
        }
    }

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int FDataSync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int FSync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial SafeFileHandle Open(string path, int flags);
}
