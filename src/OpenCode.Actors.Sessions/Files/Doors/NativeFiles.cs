using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace OpenCode.Actors.Sessions.Files.Doors;

/// <summary>Native calls for facts of files that .NET does not offer: those of Linux, some of them on macOS too.</summary>
internal static partial class NativeFiles
{
    private const int CurrentFolder = -100;
    private const int EmptyPath = 0x1000;
    private const uint BasicFacts = 0x7FF;
    private const int ForWriting = 2;
    private const int ForReading = 4;
    private const int ExclusiveLockWithoutWaiting = 2 | 4;

    /// <summary>Opens a name and nothing else (O_PATH): no device is woken, no pipe waited for, and closing it drops no lock of this process.</summary>
    /// <exception cref="IOException">There is no such file, or it may not be seen.</exception>
    public static SafeFileHandle OpenName(string path) => Open(path, 0x20_0000 | 0x8_0000);

    /// <summary>Opens a file for reading, and does not wait for the other end of a pipe.</summary>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public static SafeFileHandle OpenWithoutWaiting(string path)
    {
        var (nonBlocking, closeOnExec) = OperatingSystem.IsMacOS() ? (0x4, 0x100_0000) : (0x800, 0x8_0000);
        return Open(path, nonBlocking | closeOnExec);
    }

    /// <summary>True if an open file can be moved about in, as only regular files and some devices can.</summary>
    public static bool CanSeek(SafeFileHandle file) => Seek((int)file.DangerousGetHandle(), 0, 0) >= 0;

    /// <summary>True if no process has locked an open file by flock(2), as .NET does with those that it writes. False on Windows, and where the file system has no such locks.</summary>
    public static bool HasNoLock(SafeFileHandle file) => !OperatingSystem.IsWindows() && Lock((int)file.DangerousGetHandle(), ExclusiveLockWithoutWaiting) == 0;

    /// <summary>Returns the facts of an open file. Linux only.</summary>
    public static FileFacts Look(SafeFileHandle file) =>
        Status((int)file.DangerousGetHandle(), "", EmptyPath, BasicFacts, out var status) == 0 ? status.Facts : throw Failure();

    /// <summary>Returns the facts of what is at a path, links followed; null when there is nothing, or it may not be seen. Linux only.</summary>
    public static FileFacts? Look(string path) => Status(CurrentFolder, path, 0, BasicFacts, out var status) == 0 ? status.Facts : null;

    /// <summary>True if this process may read a file, without opening it.</summary>
    public static bool MayRead(string path) => Access(path, ForReading) == 0;

    /// <summary>True if this process may write a file, without opening it.</summary>
    public static bool MayWrite(string path) => Access(path, ForWriting) == 0;

    /// <summary>Writes all that the system holds back of the file system of a folder to the disk, and waits for that. Linux only.</summary>
    /// <exception cref="IOException">The disk did not take it.</exception>
    public static void SyncFileSystem(string folder)
    {
        using var opened = OpenWithoutWaiting(folder);
        if (SyncAll((int)opened.DangerousGetHandle()) != 0)
            throw Failure();
    }

    /// <summary>Resolves a path with its links and dots; null when nothing is there.</summary>
    public static string? RealPath(string path)
    {
        if (OperatingSystem.IsWindows())
            return Path.Exists(path) ? Path.GetFullPath(path) : null;

        var real = ResolvePath(path, 0);
        try
        {
            return Marshal.PtrToStringUTF8(real);
        }
        finally
        {
            Free(real);
        }
    }

    private static SafeFileHandle Open(string path, int flags)
    {
        var descriptor = OpenFile(path, flags);
        return descriptor < 0 ? throw Failure() : new SafeFileHandle(descriptor, ownsHandle: true);
    }

    private static IOException Failure() => new(Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError()));

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenFile(string path, int flags);

    [LibraryImport("libc", EntryPoint = "lseek", SetLastError = true)]
    private static partial long Seek(int descriptor, long offset, int from);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Status(int folder, string path, int flags, uint wanted, out FileStatus status);

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    private static partial int Lock(int descriptor, int operation);

    [LibraryImport("libc", EntryPoint = "access", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Access(string path, int mode);

    [LibraryImport("libc", EntryPoint = "realpath", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint ResolvePath(string path, nint buffer);

    [LibraryImport("libc", EntryPoint = "syncfs", SetLastError = true)]
    private static partial int SyncAll(int descriptor);

    [LibraryImport("libc", EntryPoint = "free")]
    private static partial void Free(nint memory);

    // statx(2): the one status whose layout is the same on every processor.
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct FileStatus
    {
        [FieldOffset(28)]
        public ushort Mode;

        [FieldOffset(32)]
        public ulong Inode;

        [FieldOffset(40)]
        public long Bytes;

        [FieldOffset(96)]
        public long ChangedSeconds;

        [FieldOffset(104)]
        public uint ChangedNanoseconds;

        [FieldOffset(136)]
        public uint DeviceMajor;

        [FieldOffset(140)]
        public uint DeviceMinor;

        public readonly FileFacts Facts => new(
            ((ulong)DeviceMajor << 32) | DeviceMinor, Inode, (Mode & 0xF000) == 0x8000, Bytes, DateTime.UnixEpoch.AddSeconds(ChangedSeconds).AddTicks(ChangedNanoseconds / 100));
    }
}
