namespace OpenCode.Actors.Journal.Disks;

/// <content>What an open <see cref="MemoryFile"/> does, for as long as its process lives.</content>
public sealed partial class MemoryDisk
{
    internal int Read(MemoryContent content, int life, long position, Span<byte> buffer)
    {
        lock (_gate)
        {
            CheckLifeNeedsLock(life);
            return content.Read(position, buffer);
        }
    }

    internal void Write(MemoryContent content, string path, int life, long position, ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            CheckLifeNeedsLock(life);
            if (FailWrites)
                throw new IOException($"Writing '{path}' failed.");

            var room = Capacity - _names.TotalBytes;
            var grows = position + bytes.Length - content.Length;
            var fits = grows <= room ? bytes.Length : (int)Math.Max(0, bytes.Length - (grows - room));
            content.Write(position, bytes[..fits]);
            CountOperationNeedsLock("write ", path);
            if (fits < bytes.Length)
                throw new DiskFullException(path);
        }
    }

    internal void Truncate(MemoryContent content, string path, int life, long length)
    {
        lock (_gate)
        {
            CheckLifeNeedsLock(life);
            content.Truncate(length);
            CountOperationNeedsLock("truncate ", path);
        }
    }

    internal long LengthOf(MemoryContent content)
    {
        lock (_gate)
            return content.Length;
    }

    internal async ValueTask SyncAsync(MemoryContent content, string path, int life)
    {
        await SyncTurnAsync().ConfigureAwait(false);
        lock (_gate)
        {
            CheckLifeNeedsLock(life);
            CountOperationNeedsLock("sync ", path);
            FailSyncNeedsLock(path);
            content.Sync();
        }
    }

    private void CheckLifeNeedsLock(int life)
    {
        if (life != _life)
            throw new IOException("The file was open before the crash.");
    }
}
