namespace OpenCode.Actors.Server.Locations.Doors;

/// <summary>The folders of this machine.</summary>
internal sealed class MachineFolderTree : IFolderTree
{
    public PathKind Look(string path)
    {
        var info = new FileInfo(path);
        var attributes = info.Attributes; // one lstat; all bits set when there is nothing
        return attributes switch
        {
            (FileAttributes)(-1) => PathKind.Missing,
            _ when attributes.HasFlag(FileAttributes.ReparsePoint) => PathKind.Link,
            _ when attributes.HasFlag(FileAttributes.Directory) => PathKind.Folder,
            _ => PathKind.File,
        };
    }

    public string? Target(string link) => new FileInfo(link).LinkTarget;
}
