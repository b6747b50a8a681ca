using System.Collections.Frozen;

namespace OpenCode.Actors.Server.Locations.Files;

/// <summary>The files of a location. No path leads out of it, by dots or by links.</summary>
internal sealed class LocationFiles(IFiles files, IFolderTree folders, IGit git)
{
    private const int MostFiles = 50_000;
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

    /// <summary>Lists a folder of the location, folders first.</summary>
    /// <param name="location">Where.</param>
    /// <param name="folder">A real path inside.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<IReadOnlyList<FileNode>> ListAsync(Location location, string folder, CancellationToken cancellationToken)
    {
        var entries = files.List(folder).OrderBy(entry => KindOf(folder, entry) != PathKind.Folder).ThenBy(static entry => entry.Name, StringComparer.Ordinal).ToList();
        var ignored = entries.Count == 0
            ? null
            : await git.ReadAsync(folder, ["check-ignore", "-z", "--", .. entries.Select(static entry => "./" + entry.Name)], cancellationToken);
        var names = (ignored ?? "").Split('\0', StringSplitOptions.RemoveEmptyEntries).ToHashSet(StringComparer.Ordinal);
        return [.. entries.Select(entry =>
        {
            var absolute = Path.Combine(folder, entry.Name);
            var isFolder = KindOf(folder, entry) == PathKind.Folder;
            return new FileNode(entry.Name, Relative(location, absolute) + (isFolder ? "/" : ""), absolute, isFolder ? "directory" : "file", names.Contains("./" + entry.Name));
        })];
    }

    /// <summary>Reads a file of the location.</summary>
    /// <param name="file">A real path inside.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Null for what is no regular file, cannot be read, or is over 10 MiB.</returns>
    public Task<byte[]?> ReadAsync(string file, CancellationToken cancellationToken) => files.ReadAsync(file, LongestFile, cancellationToken);

    /// <summary>Lists the files of the location that git would take, or outside a repository all but hidden folders of tools; paths in it.</summary>
    public async Task<IReadOnlyList<string>> AllAsync(Location location, CancellationToken cancellationToken)
    {
        if (!location.Exists)
            return [];

        return await git.ReadAsync(location.Path, ["ls-files", "--cached", "--others", "--exclude-standard", "-z"], cancellationToken) is { } known
            ? [.. known.Split('\0', StringSplitOptions.RemoveEmptyEntries).Where(static path => !path.EndsWith('/')).Distinct(StringComparer.Ordinal).Take(MostFiles)]
            : [.. Walk(location.Path, "", 0, cancellationToken).Take(MostFiles)];
    }

    private static bool IsInside(Location location, string path) => path == location.Path || path.StartsWith(location.Path == "/" ? "/" : location.Path + "/", StringComparison.Ordinal);

    private static string Relative(Location location, string path) => path[(location.Path.Length + (location.Path == "/" ? 0 : 1))..];

    // Links to folders are not walked: they may lead out, or round in circles.
    private IEnumerable<string> Walk(string folder, string prefix, int depth, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        foreach (var entry in files.List(folder).OrderBy(static entry => entry.Name, StringComparer.Ordinal))
        {
            if (entry.Kind == PathKind.File)
                yield return prefix + entry.Name;
            else if (entry.Kind == PathKind.Folder && depth < DeepestFolder && !_skipped.Contains(entry.Name))
            {
                foreach (var below in Walk(Path.Combine(folder, entry.Name), $"{prefix}{entry.Name}/", depth + 1, cancellationToken))
                    yield return below;
            }
        }
    }

    private PathKind KindOf(string folder, FolderEntry entry) => entry.Kind == PathKind.Link ? RealPath.Of(folders, folder, entry.Name).Kind : entry.Kind;
}
