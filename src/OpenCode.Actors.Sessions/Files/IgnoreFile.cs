using System.Text;

namespace OpenCode.Actors.Sessions.Files;

/// <summary>What a <c>.gitignore</c> leaves out below its folder.</summary>
/// <remarks>A foreign repository brings it: it is read up to bounds, and a path costs its length for each character of a pattern at most. What is over a bound leaves out nothing.</remarks>
internal sealed class IgnoreFile
{
    private const int MostBytes = 1 << 20;
    private const int MostRules = 5_000;
    private const int MostCharacters = 128 * 1024; // of all rules together
    private const char Mark = '\uFEFF';

    private readonly List<Rule> _rules = [];

    private IgnoreFile()
    {
    }

    /// <summary>Reads the <c>.gitignore</c> of a folder. One that cannot be read leaves out nothing.</summary>
    public static IgnoreFile Read(IFileTree files, string folder)
    {
        var ignored = new IgnoreFile();
        var room = MostCharacters;
        foreach (var line in Start(files, Path.Combine(folder, ".gitignore")).TrimStart(Mark).AsSpan().EnumerateLines())
        {
            if (line.Length > PathPattern.MostCharacters || Rule.Find(line) is not { } rule)
                continue;
            if (ignored._rules.Count >= MostRules || (room -= line.Length) < 0)
                break;

            ignored._rules.Add(rule);
        }

        return ignored;
    }

    /// <summary>True if a path is left out; of the rules that match it, the last decides. Paths below a folder that is left out are not checked.</summary>
    /// <param name="path">The path, relative to the folder and with slashes.</param>
    /// <param name="isFolder">Whether it is a folder.</param>
    public bool Holds(string path, bool isFolder) => _rules.FindLast(rule => rule.Fits(path, isFolder)) is { IsKept: false };

    private static string Start(IFileTree files, string path)
    {
        try
        {
            using var file = files.Open(path);
            var bytes = new byte[Math.Min(file.Length, MostBytes)];
            return Encoding.UTF8.GetString(bytes, 0, file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false));
        }
        catch (IOException)
        {
            return "";
        }
    }

    /// <summary>A line of the file.</summary>
    /// <param name="Name">What the path, or its last name, has to be; null where a pattern says it.</param>
    /// <param name="Pattern">That pattern.</param>
    private sealed record Rule(string? Name, IgnorePattern? Pattern)
    {
        private bool IsAnchored { get; init; }

        private bool IsOfFolders { get; init; }

        public bool IsKept { get; private init; }

        public static Rule? Find(ReadOnlySpan<char> line)
        {
            while (line is [.., ' '] and not [.., '\\', ' '])
                line = line[..^1];
            if (line is ['#', ..])
                return null;

            var isKept = line is ['!', ..];
            var named = line[(isKept ? 1 : 0)..].TrimEnd('/');
            var text = named.TrimStart('/').ToString();
            if (text.Length == 0)
                return null;

            var pattern = text.AsSpan().IndexOfAny(@"*?[\") < 0 ? null : new IgnorePattern(text);
            return new Rule(pattern is null ? text : null, pattern) { IsAnchored = named.Contains('/'), IsOfFolders = line is [.., '/'], IsKept = isKept };
        }

        public bool Fits(string path, bool isFolder)
        {
            if (IsOfFolders && !isFolder)
                return false;

            var judged = path.AsSpan(IsAnchored ? 0 : path.LastIndexOf('/') + 1);
            return Pattern?.Fits(judged) ?? judged.SequenceEqual(Name);
        }
    }
}
