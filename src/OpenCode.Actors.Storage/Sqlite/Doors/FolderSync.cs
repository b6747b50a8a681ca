using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace OpenCode.Actors.Storage.Sqlite.Doors;

/// <summary>The sync that .NET has no call for. SQLite syncs the folder of its files itself, but not the folder in which that one was made.</summary>
internal static partial class FolderSync
{
    private const int InterruptedCall = 4; // EINTR
    private const int ReadOnly = 0;

    /// <summary>Makes new names in a folder survive a power cut. Windows writes them with its own log and has nothing to call.</summary>
    /// <param name="path">The folder.</param>
    /// <exception cref="IOException">The disk did not take them.</exception>
    public static void Run(string path)
    {
        if (OperatingSystem.IsWindows())
            return;

        using var folder = Open(path, ReadOnly);
        while (folder.IsInvalid || Sync(folder) != 0)
        {
            var error = Marshal.GetLastPInvokeError();
            if (folder.IsInvalid || error != InterruptedCall)
                throw new IOException($"The folder '{path}' cannot be synced: {Marshal.GetPInvokeErrorMessage(error)}.", error);
        }
    }

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Sync(SafeFileHandle folder);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial SafeFileHandle Open(string path, int flags);
}
