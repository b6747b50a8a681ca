namespace OpenCode.Actors.Sessions.Files.Doors;

/// <summary>The identity of a file, and of its state.</summary>
/// <param name="Device">The device that it is on; 0 where the system does not say.</param>
/// <param name="Inode">Its number there: two names of one file have the same.</param>
/// <param name="IsRegular">Whether it is a regular file: no folder, pipe, socket or device.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="ChangedAt">When it was last changed. On Linux no program can set that back.</param>
internal readonly record struct FileFacts(ulong Device, ulong Inode, bool IsRegular, long Bytes, DateTime ChangedAt)
{
    /// <summary>Returns the facts of what is at a path, links followed; null when there is nothing, or it may not be seen.</summary>
    public static FileFacts? Of(string path)
    {
        if (OperatingSystem.IsLinux())
            return NativeFiles.Look(path);

        return (File.Exists(path) ? File.ResolveLinkTarget(path, returnFinalTarget: true) ?? new FileInfo(path) : null) is FileInfo file
            ? new FileFacts(0, 0, IsRegular: true, file.Length, file.LastWriteTimeUtc)
            : null;
    }
}
