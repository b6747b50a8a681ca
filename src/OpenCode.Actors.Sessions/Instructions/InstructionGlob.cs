using Microsoft.Extensions.FileSystemGlobbing;
using OpenCode.Actors.Sessions.Files;

namespace OpenCode.Actors.Sessions.Instructions;

/// <summary>Finds the files of a pattern such as <c>docs/**/*.{md,txt}</c>, within the limits of a large project.</summary>
internal sealed class InstructionGlob(IFileTree files, CancellationToken cancellationToken)
{
    private const int MostEntries = 20_000;

    private static readonly string[] _skipped = [".git", "node_modules"];

    /// <summary>True if a path is a pattern.</summary>
    public static bool Is(string path) => path.AsSpan().ContainsAny('*', '?', '{');

    /// <summary>Finds the files, by name.</summary>
    /// <param name="folder">Where the pattern begins; empty for an absolute pattern.</param>
    /// <param name="pattern">The pattern.</param>
    public IEnumerable<string> Find(string folder, string pattern)
    {
        // What is before the first wildcard is walked to, not through.
        var segments = pattern.Split('/');
        var plain = segments.TakeWhile(static segment => !Is(segment)).ToList();
        var root = Path.Combine(folder, plain is [""] ? "/" : string.Join('/', plain));
        var matcher = new Matcher(StringComparison.Ordinal);
        foreach (var one in Braces(string.Join('/', segments.Skip(plain.Count))))
            matcher.AddInclude(one);
        return matcher.Match(Walk(root)).Files.Select(match => Path.Combine(root, match.Path)).Order(StringComparer.Ordinal);
    }

    private static IEnumerable<string> Braces(string pattern)
    {
        var open = pattern.IndexOf('{', StringComparison.Ordinal);
        var close = open < 0 ? -1 : pattern.IndexOf('}', open);
        return close < 0 ? [pattern] : pattern[(open + 1)..close].Split(',').SelectMany(choice => Braces(pattern[..open] + choice + pattern[(close + 1)..]));
    }

    private List<string> Walk(string root)
    {
        var found = new List<string>();
        var ahead = new Queue<string>([""]);
        var entries = 0;
        while (entries < MostEntries && ahead.TryDequeue(out var at))
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (var entry in List(Path.Combine(root, at)).Take(MostEntries - entries))
            {
                entries++;
                var path = at.Length == 0 ? entry.Name : $"{at}/{entry.Name}";
                if (!entry.IsFolder)
                    found.Add(path);
                else if (!entry.IsLink && !_skipped.Contains(entry.Name, StringComparer.Ordinal))
                    ahead.Enqueue(path);
            }
        }

        return found;
    }

    private IEnumerable<FolderEntry> List(string folder)
    {
        try
        {
            return files.List(folder);
        }
        catch (IOException)
        {
            return [];
        }
    }
}
