using OpenCode.Actors.Server.Locations;

namespace OpenCode.Actors.Tests.Server.Locations;

/// <summary>Folders, files and links that a test names.</summary>
internal sealed class FakeFolderTree : IFolderTree
{
    private readonly Dictionary<string, (PathKind Kind, string? Target)> _paths = new(StringComparer.Ordinal) { ["/"] = (PathKind.Folder, null) };

    public FakeFolderTree Folder(string path)
    {
        for (var at = path; at != "/"; at = Path.GetDirectoryName(at)!)
            _paths.TryAdd(at, (PathKind.Folder, null));

        return this;
    }

    public FakeFolderTree File(string path) => Put(path, PathKind.File, null);

    public FakeFolderTree Link(string path, string target) => Put(path, PathKind.Link, target);

    public PathKind Look(string path) => _paths.GetValueOrDefault(path).Kind;

    public string? Target(string link) => _paths.GetValueOrDefault(link).Target;

    private FakeFolderTree Put(string path, PathKind kind, string? target)
    {
        Folder(Path.GetDirectoryName(path)!);
        _paths[path] = (kind, target);
        return this;
    }
}
