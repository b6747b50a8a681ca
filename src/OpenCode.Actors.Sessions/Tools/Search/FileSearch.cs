using OpenCode.Actors.Sessions.Files;
using OpenCode.Actors.Sessions.Tools.Paths;

namespace OpenCode.Actors.Sessions.Tools.Search;

/// <summary>Finds the files below a folder, without those that <c>.gitignore</c> excludes, without <c>.git</c>, and without following links.</summary>
internal sealed class FileSearch(IFileTree files, IFileStore store, CancellationToken cancellationToken)
{
    private const int MostFolders = 50_000;
    private const int MostFound = 100_000;

    /// <summary>Gets a value indicating whether there was more than is looked through.</summary>
    public bool IsCut { get; private set; }

    /// <summary>Finds the files whose path fits, newest first.</summary>
    /// <param name="root">The folder, by its real path.</param>
    /// <param name="pattern">What their path, relative to the folder, has to fit; null takes all.</param>
    /// <param name="project">The root of the project: its <c>.gitignore</c> holds below it too.</param>
    public List<string> Find(string root, GlobPattern? pattern, string project)
    {
        var found = new List<(string Path, DateTime WrittenAt)>();
        var folders = new Stack<(string Path, IReadOnlyList<Ignoring> Ignored)>([(root, Above(root, project))]);
        for (var walked = 0; folders.TryPop(out var folder); walked++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (walked >= MostFolders || found.Count >= MostFound)
            {
                IsCut = true;
                break;
            }

            var entries = List(folder.Path);
            var ignored = entries.Exists(static entry => entry.Name == ".gitignore") ? [.. folder.Ignored, RulesOf(folder.Path)] : folder.Ignored;
            foreach (var entry in entries)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var path = Path.Combine(folder.Path, entry.Name);
                if (entry.IsLink || (entry.IsFolder && entry.Name == ".git") || ignored.Any(rules => rules.Holds(path, entry.IsFolder)))
                    continue;
                if (entry.IsFolder)
                    folders.Push((path, ignored));
                else if (pattern?.IsMatch(Path.GetRelativePath(root, path)) != false && store.Find(path) is { } stamp)
                    found.Add((path, stamp.WrittenAt));
            }
        }

        return [.. found.OrderByDescending(static file => file.WrittenAt).ThenBy(static file => file.Path, StringComparer.Ordinal).Select(static file => file.Path)];
    }

    // The rules of the folders above hold too, up to the root of the project.
    private List<Ignoring> Above(string root, string project)
    {
        var rules = new List<Ignoring>();
        if (!root.StartsWith(project.TrimEnd('/') + "/", StringComparison.Ordinal))
            return rules;

        for (var folder = Path.GetDirectoryName(root); folder is not null && folder.Length >= project.Length; folder = Path.GetDirectoryName(folder))
            rules.Insert(0, RulesOf(folder));
        return rules;
    }

    private List<FolderEntry> List(string folder)
    {
        try
        {
            return [.. files.List(folder)];
        }
        catch (IOException)
        {
            return []; // Not ours to read, or gone meanwhile.
        }
    }

    private Ignoring RulesOf(string folder) => new(folder, IgnoreFile.Read(files, folder));

    private sealed record Ignoring(string Folder, IgnoreFile Rules)
    {
        public bool Holds(string path, bool isFolder) => Rules.Holds(Path.GetRelativePath(Folder, path), isFolder);
    }
}
