using OpenCode.Actors.Server.Locations.Files;

namespace OpenCode.Actors.Server.Locations.Doors;

/// <summary>The files of this machine.</summary>
internal sealed class MachineFiles : IFiles
{
    private static readonly EnumerationOptions _all = new() { IgnoreInaccessible = true, AttributesToSkip = FileAttributes.None };

    public async Task<byte[]?> ReadAsync(string path, long mostBytes, CancellationToken cancellationToken)
    {
        try
        {
            // Named pipes and devices have no length: opening one would wait for a writer, or never come to an end.
            var file = new FileInfo(path);
            return !file.Exists || file.LinkTarget is not null || file.Length > mostBytes ? null : file.Length == 0 ? [] : await File.ReadAllBytesAsync(path, cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    public IEnumerable<FolderEntry> List(string folder)
    {
        try
        {
            return [.. new DirectoryInfo(folder).EnumerateFileSystemInfos("*", _all).Select(static one => new FolderEntry(one.Name, Kind(one.Attributes)))];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static PathKind Kind(FileAttributes attributes) =>
        attributes.HasFlag(FileAttributes.ReparsePoint) ? PathKind.Link : attributes.HasFlag(FileAttributes.Directory) ? PathKind.Folder : PathKind.File;
}
