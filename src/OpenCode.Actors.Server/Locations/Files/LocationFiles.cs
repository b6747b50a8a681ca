using System.Collections.Frozen;

namespace OpenCode.Actors.Server.Locations.Files;

/// <summary>The files of a location. No path leads out of it, by dots or by links.</summary>
internal sealed class LocationFiles(IFiles files, IFolderTree folders, IGit git)
{
    private const int MostListed = 10_000;
    private const int MostFiles = 50_000;
    private const int MostRead = 100_000; // entries that are looked at outside of a repository
    private const int MostNames = 2_000; // of one git command: together they are shorter than a command line may be
    private const int DeepestFolder = 32;
    private const long LongestFile = 10 * 1024 * 1024;
    private static readonly FrozenSet<string> _skipped = FrozenSet.Create(StringComparer.Ordinal, ".git", "node_modules");

    /// <summary>Resolves a client's path.</summary>
    /// <param name="location">Where it starts.</param>
    /// <param name="path">Relative to the location, or absolute.</param>
    /// <returns>Its real path and what is there.</returns>
    /// <exception cref="LocationException">It leads out of the location.</exception>
    public (string Path, PathKind Kind) Find(Location location, string path)
    {
        var (real, kind) = RealPath.Of(folders, location.Path, path);
        return IsInside(location, real) ? (real, kind) : throw new LocationException($"The path '{path}' leads out of the location '{location.Path}'. Name one inside, or another location.");
    }

    /// <summary>Lists a folder of the location, folders first; of a large one the first 10,000 entries that the file system gives.</summary>
    /// <param name="location">Where.</param>
    /// <param name="folder">A real path inside.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Them, and whether that is all.</returns>
    public async Task<(IReadOnlyList<FileNode> Nodes, bool IsAll)> ListAsync(Location location, string folder, CancellationToken cancellationToken)
    {
        var read = files.List(folder, MostListed + 1);
        var entries = read.Take(MostListed).OrderBy(entry => KindOf(folder, entry) != PathKind.Folder).ThenBy(static entry => entry.Name, StringComparer.Ordinal).ToList();
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var some in entries.Chunk(MostNames))
        {
            var ignored = await git.ReadAsync(folder, ["check-ignore", "-z", "--", .. some.Select(static entry => "./" + entry.Name)], cancellationToken);
            names.UnionWith((ignored ?? "").Split('\0', StringSplitOptions.RemoveEmptyEntries));
        }

        FileNode[] nodes = [.. entries.Select(entry =>
        {
            var absolute = Path.Combine(folder, entry.Name);
            var isFolder = KindOf(folder, entry) == PathKind.Folder;
            return new FileNode(entry.Name, Relative(location, absolute) + (isFolder ? "/" : ""), absolute, isFolder ? "directory" : "file", names.Contains("./" + entry.Name));
        })];
        return (nodes, read.Count <= MostListed);
    }

    /// <summary>Reads a file of the location.</summary>
    /// <param name="file">A real path inside.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Null for what is no regular file, cannot be read, or is over 10 MiB.</returns>
    public Task<byte[]?> ReadAsync(string file, CancellationToken cancellationToken) => files.ReadAsync(file, LongestFile, cancellationToken);

    /// <summary>Lists the files of the location that git would take, or outside a repository, and where git lists too many, all but those in folders of tools; paths in it, bounded.</summary>
    public async Task<IReadOnlyList<string>> AllAsync(Location location, CancellationToken cancellationToken)
    {
        if (!location.Exists)
            return [];

        return await git.ReadAsync(location.Path, ["ls-files", "--cached", "--others", "--exclude-standard", "-z"], cancellationToken) is { } known
            ? [.. known.Split('\0', StringSplitOptions.RemoveEmptyEntries).Where(static path => !path.EndsWith('/')).Distinct(StringComparer.Ordinal).Take(MostFiles)]
            : [.. Walk(location.Path, cancellationToken).Take(MostFiles)];
    }

    private static bool IsInside(Location location, string path) => path == location.Path || path.StartsWith(location.Path == "/" ? "/" : location.Path + "/", StringComparison.Ordinal);

    private static string Relative(Location location, string path) => path[(location.Path.Length + (location.Path == "/" ? 0 : 1))..];

    // Links to folders are not walked: they may lead out, or round in circles. Near files come first, since no more than a number of entries is read.
    private IEnumerable<string> Walk(string root, CancellationToken cancellationToken)
    {
        var left = MostRead;
        var ahead = new Queue<(string Path, string Prefix, int Depth)>([(root, "", 0)]);
        while (left > 0 && ahead.TryDequeue(out var folder))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var entries = files.List(folder.Path, left);
            left -= entries.Count;
            foreach (var entry in entries.OrderBy(static entry => entry.Name, StringComparer.Ordinal))
            {
                if (entry.Kind == PathKind.File)
                    yield return folder.Prefix + entry.Name;
                else if (entry.Kind == PathKind.Folder && folder.Depth < DeepestFolder && !_skipped.Contains(entry.Name))
                    ahead.Enqueue((Path.Combine(folder.Path, entry.Name), $"{folder.Prefix}{entry.Name}/", folder.Depth + 1));
            }
        }
    }

    private PathKind KindOf(string folder, FolderEntry entry) => entry.Kind == PathKind.Link ? RealPath.Of(folders, folder, entry.Name).Kind : entry.Kind;
}
