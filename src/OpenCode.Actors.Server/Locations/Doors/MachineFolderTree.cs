namespace OpenCode.Actors.Server.Locations.Doors;

/// <summary>The folders of this machine.</summary>
internal sealed class MachineFolderTree : IFolderTree
{
    public PathKind Look(string path)
    {
        var attributes = AttributesOf(path);
        return attributes switch
        {
            (FileAttributes)(-1) => PathKind.Missing,
            _ when attributes.HasFlag(FileAttributes.ReparsePoint) => PathKind.Link,
            _ when attributes.HasFlag(FileAttributes.Directory) => PathKind.Folder,
            _ => PathKind.File,
        };
    }

    // One lstat; all bits are set when there is nothing, or nothing that may be seen.
    private static FileAttributes AttributesOf(string path)
    {
        try
        {
            return new FileInfo(path).Attributes;
        }
        catch (UnauthorizedAccessException)
        {
            return (FileAttributes)(-1);
        }
        catch (IOException e)
        {
            throw new LocationException($"The location '{path}' cannot be read: {e.Message} Name another folder.", e);
        }
    }

    public string? Target(string link) => new FileInfo(link).LinkTarget;
}
