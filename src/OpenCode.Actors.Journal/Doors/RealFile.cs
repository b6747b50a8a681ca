using Microsoft.Win32.SafeHandles;
using OpenCode.Actors.Journal.Disks;

namespace OpenCode.Actors.Journal.Doors;

/// <summary>A file of a <see cref="FileDisk"/>.</summary>
internal sealed class RealFile(FileDisk disk, string path, SafeFileHandle handle) : IDiskFile
{
    public long Length => RandomAccess.GetLength(handle);

    public ValueTask WriteAsync(long position, ReadOnlyMemory<byte> bytes)
    {
        try
        {
            RandomAccess.Write(handle, bytes.Span, position);
        }
        catch (IOException e) when (SaysFull(e))
        {
            throw new DiskFullException(path, e);
        }

        return ValueTask.CompletedTask;
    }

    public async ValueTask<int> ReadAsync(long position, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        var total = 0;
        while (total < buffer.Length)
        {
            var read = disk.MayBlock()
                ? RandomAccess.Read(handle, buffer.Span[total..], position + total)
                : await RandomAccess.ReadAsync(handle, buffer[total..], position + total, cancellationToken).ConfigureAwait(false);
            if (read == 0)
                break;

            total += read;
        }

        return total;
    }

    public ValueTask SyncAsync()
    {
        Posix.SyncData(handle);
        return ValueTask.CompletedTask;
    }

    public void Truncate(long length) => RandomAccess.SetLength(handle, length);

    public void Dispose() => handle.Dispose();

    // ERROR_HANDLE_DISK_FULL and ERROR_DISK_FULL on Windows; ENOSPC and EDQUOT elsewhere, which .NET gives as they are.
    internal static bool SaysFull(IOException fault)
    {
        const int NoSpaceLeft = 28;
        var quotaExceeded = OperatingSystem.IsLinux() ? 122 : 69;
        return OperatingSystem.IsWindows()
            ? fault.HResult is unchecked((int)0x80070027) or unchecked((int)0x80070070)
            : fault.HResult == NoSpaceLeft || fault.HResult == quotaExceeded;
    }
}
