namespace OpenCode.Actors.Sessions.Tools.Paths;

/// <summary>Reads and writes whole files by their real path. A door; its calls may block.</summary>
internal interface IFileStore
{
    /// <summary>Returns when a file was last written, and how large it is; null where there is no file.</summary>
    FileStamp? Find(string path);

    /// <summary>Reads a whole file.</summary>
    /// <param name="path">Its real path. One that leads elsewhere by now, since a link took the place of a folder, is refused.</param>
    /// <param name="mostBytes">A larger file is refused.</param>
    /// <exception cref="IOException">It cannot be read; the message is for people.</exception>
    byte[] Read(string path, int mostBytes);

    /// <summary>Writes a whole file, all or nothing: a crash at any moment leaves the old content or the new. Makes its folders. An existing file keeps its mode.</summary>
    /// <param name="path">Its real path.</param>
    /// <param name="content">The content.</param>
    /// <param name="cancellationToken">Gives up before the file is changed.</param>
    /// <exception cref="IOException">It cannot be written; the message is for people.</exception>
    FileStamp Write(string path, ReadOnlySpan<byte> content, CancellationToken cancellationToken);

    /// <summary>Returns when all that any program has written to the file system of a folder survives a power cut. Linux only: elsewhere it returns at once.</summary>
    /// <exception cref="IOException">The disk did not take it.</exception>
    void SyncAll(string folder);
}

/// <summary>Identifies a state of a file.</summary>
/// <param name="WrittenAt">When it was written last.</param>
/// <param name="Bytes">Its size.</param>
internal readonly record struct FileStamp(DateTime WrittenAt, long Bytes);
