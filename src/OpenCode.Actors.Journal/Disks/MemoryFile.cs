namespace OpenCode.Actors.Journal.Disks;

/// <summary>An open file of a <see cref="MemoryDisk"/>, for as long as its process lives.</summary>
internal sealed class MemoryFile(MemoryDisk disk, string path, MemoryContent content, int life) : IDiskFile
{
    private bool _disposed;

    public long Length => disk.LengthOf(content);

    public ValueTask WriteAsync(long position, ReadOnlyMemory<byte> bytes)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        disk.Write(content, path, life, position, bytes.Span);
        return ValueTask.CompletedTask;
    }

    public ValueTask<int> ReadAsync(long position, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(disk.Read(content, life, position, buffer.Span));
    }

    public ValueTask SyncAsync()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return disk.SyncAsync(content, path, life);
    }

    public void Truncate(long length)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        disk.Truncate(content, path, life, length);
    }

    public void Dispose() => _disposed = true;
}
