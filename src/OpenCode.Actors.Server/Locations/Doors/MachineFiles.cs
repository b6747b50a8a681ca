using OpenCode.Actors.Server.Locations.Files;
using OpenCode.Actors.Sessions.Files;
using FolderEntry = OpenCode.Actors.Server.Locations.Files.FolderEntry;

namespace OpenCode.Actors.Server.Locations.Doors;

/// <summary>The files of this machine, opened as tools open them.</summary>
internal sealed class MachineFiles(IFileTree files) : IFiles
{
    private static readonly EnumerationOptions _all = new() { IgnoreInaccessible = true, AttributesToSkip = FileAttributes.None };

    public async Task<byte[]?> ReadAsync(string path, long mostBytes, CancellationToken cancellationToken)
    {
        try
        {
            if (new FileInfo(path).LinkTarget is not null)
                return null;

            await using var file = files.Open(path);
            if (file.Length > mostBytes)
                return null;

            var bytes = new byte[file.Length];
            return bytes[..await file.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    public IReadOnlyList<FolderEntry> List(string folder, int most)
    {
        try
        {
            return [.. new DirectoryInfo(folder).EnumerateFileSystemInfos("*", _all).Take(most).Select(static one => new FolderEntry(one.Name, Kind(one.Attributes)))];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static PathKind Kind(FileAttributes attributes) =>
        attributes.HasFlag(FileAttributes.ReparsePoint) ? PathKind.Link : attributes.HasFlag(FileAttributes.Directory) ? PathKind.Folder : PathKind.File;
}
