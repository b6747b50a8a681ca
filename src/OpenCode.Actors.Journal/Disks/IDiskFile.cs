namespace OpenCode.Actors.Journal.Disks;

/// <summary>One open file.</summary>
public interface IDiskFile : IDisposable
{
    /// <summary>Gets the length, in bytes.</summary>
    long Length { get; }

    /// <summary>Writes bytes; all of them or an exception. They survive the process, not yet a power cut.</summary>
    /// <param name="position">Where in the file, in bytes; at most its length.</param>
    /// <param name="bytes">What to write.</param>
    /// <returns>A task that ends when it is done.</returns>
    /// <exception cref="DiskFullException">There is no room; a part may have been written.</exception>
    ValueTask WriteAsync(long position, ReadOnlyMemory<byte> bytes);

    /// <summary>Reads bytes.</summary>
    /// <param name="position">Where in the file, in bytes.</param>
    /// <param name="buffer">Filled as far as the file goes.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>How many bytes there were; fewer than asked for only at the end of the file.</returns>
    ValueTask<int> ReadAsync(long position, Memory<byte> buffer, CancellationToken cancellationToken);

    /// <summary>Makes bytes and length survive a power cut.</summary>
    /// <returns>A task that ends when it is done.</returns>
    ValueTask SyncAsync();

    /// <summary>Cuts the file.</summary>
    /// <param name="length">The new length, at most the present one.</param>
    void Truncate(long length);
}
