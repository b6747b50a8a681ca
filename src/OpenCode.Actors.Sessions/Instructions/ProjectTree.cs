using System.Text;
using OpenCode.Actors.Sessions.Files;

namespace OpenCode.Actors.Sessions.Instructions;

/// <summary>Lists the folders and files of a project in short: those near the root first, without those that <c>.gitignore</c> excludes.</summary>
internal sealed class ProjectTree(IFileTree files, CancellationToken cancellationToken)
{
    private const int MostShown = 160;
    private const int MostOfFolder = 40;
    private const int MostRead = 2_000;

    private static readonly string[] _skipped = [".git", ".hg", ".svn", "node_modules"];

    private int _shown;

    /// <summary>Draws a folder: a line for each entry, two spaces for each level.</summary>
    /// <param name="root">The folder.</param>
    /// <param name="depth">How many levels are drawn.</param>
    public string Draw(string root, int depth)
    {
        var top = new Node("", "", []);
        var ahead = new Queue<(Node Node, int Level)>([(top, 0)]);
        while (_shown < MostShown && ahead.TryDequeue(out var next))
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (var folder in Expand(root, next.Node))
            {
                if (next.Level + 1 < depth)
                    ahead.Enqueue((folder, next.Level + 1));
            }
        }

        var text = new StringBuilder();
        top.Draw(text, -1);
        return text.ToString();
    }

    private List<Node> Expand(string root, Node node)
    {
        var folder = Path.Combine(root, node.Path);
        var entries = List(folder);
        var ignored = entries.Exists(static entry => entry.Name == ".gitignore") ? [.. node.Ignored, new Ignoring(node.Path, IgnoreFile.Read(files, folder))] : node.Ignored;
        var kept = entries.Where(entry => !IsLeftOut(node.Path, entry, ignored)).OrderBy(static entry => !entry.IsFolder).ThenBy(static entry => entry.Name, StringComparer.Ordinal).ToList();
        var shown = kept.Take(Math.Min(MostOfFolder, MostShown - _shown)).ToList();
        node.Entries = shown.ConvertAll(entry => new Node(entry.IsFolder ? entry.Name + "/" : entry.Name, Join(node.Path, entry.Name), ignored));
        node.More = kept.Count - shown.Count;
        _shown += shown.Count;
        return [.. node.Entries.Where((_, index) => shown[index] is { IsFolder: true, IsLink: false })];
    }

    private List<FolderEntry> List(string folder)
    {
        try
        {
            return [.. files.List(folder).Take(MostRead)];
        }
        catch (IOException)
        {
            return []; // Not ours to read, or gone.
        }
    }

    private bool IsLeftOut(string folder, FolderEntry entry, IReadOnlyList<Ignoring> ignored)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return (entry.IsFolder && _skipped.Contains(entry.Name, StringComparer.Ordinal))
            || ignored.Any(rules => rules.Rules.Holds(Join(folder, entry.Name)[(rules.Folder.Length == 0 ? 0 : rules.Folder.Length + 1)..], entry.IsFolder));
    }

    private static string Join(string folder, string name) => folder.Length == 0 ? name : $"{folder}/{name}";

    private readonly record struct Ignoring(string Folder, IgnoreFile Rules);

    private sealed class Node(string name, string path, IReadOnlyList<Ignoring> ignored)
    {
        public string Path => path;

        public IReadOnlyList<Ignoring> Ignored => ignored;

        public IReadOnlyList<Node> Entries { get; set; } = [];

        public int More { get; set; }

        public void Draw(StringBuilder text, int level)
        {
            if (level >= 0)
                text.Append(' ', level * 2).Append(name).Append('\n');
            foreach (var entry in Entries)
                entry.Draw(text, level + 1);
            if (More > 0)
                text.Append(' ', (level + 1) * 2).Append("… ").Append(More).Append(" more\n");
        }
    }
}
