using System.Text.RegularExpressions;

namespace OpenCode.Actors.Tests.Repository;

/// <summary>What a C# file declares and names, without its comments and strings.</summary>
internal sealed partial class SourceFile
{
    public SourceFile(string path, string text)
    {
        var code = CommentOrString().Replace(text, " ");
        Path = path;
        Folder = path.LastIndexOf('/') is > 0 and var end ? path[..end] : "";
        Namespace = NamespaceLine().Match(code).Groups["name"].Value;
        Usings = UsingLine().Matches(code).Select(m => m.Groups["name"].Value).ToHashSet(StringComparer.Ordinal);
        Types = TypeLine().Matches(code).Select(m => m.Groups["name"].Value).ToHashSet(StringComparer.Ordinal);
        Names = Name().Matches(code).Select(m => m.Value).ToHashSet(StringComparer.Ordinal);
    }

    public string Path { get; }

    public string Folder { get; }

    public string Namespace { get; }

    /// <summary>Gets the types that the file declares outside of other types.</summary>
    public IReadOnlySet<string> Types { get; }

    /// <summary>Gets all words that may be names of types.</summary>
    public IReadOnlySet<string> Names { get; }

    private HashSet<string> Usings { get; }

    /// <summary>Returns whether the types of a namespace can be named here without it.</summary>
    public bool Sees(string space) => Usings.Contains(space) || IsWithin(space);

    /// <summary>Returns whether this file's namespace is another one or below it.</summary>
    public bool IsWithin(string space) => (Namespace + '.').StartsWith(space + '.', StringComparison.Ordinal);

    // A string may contain what looks like a comment, and the other way round: the first of them wins.
    [GeneratedRegex(""""//[^\n]*|/\*[\s\S]*?\*/|"""[\s\S]*?"""|'(\\.|[^'\\\n])'|@"(""|[^"])*"|"(\\.|[^"\\\n])*"""", RegexOptions.ExplicitCapture)]
    private static partial Regex CommentOrString();

    [GeneratedRegex(@"^namespace (?<name>[\w.]+)", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex NamespaceLine();

    [GeneratedRegex(@"^using (static )?(?<name>[\w.]+);", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex UsingLine();

    [GeneratedRegex(@"^([a-z]+ )*?(class|interface|enum|struct|record struct|record class|record|delegate [\w<>\[\]?,. ]+?) (?<name>\w+)", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex TypeLine();

    [GeneratedRegex(@"\b[A-Z]\w+\b", RegexOptions.ExplicitCapture)]
    private static partial Regex Name();
}
