using System.Text.RegularExpressions;

namespace OpenCode.Actors.Tests.Repository;

/// <summary>Finds words that this repository does not use in comments and docs: a component is no person, and the field has a term for what it does.</summary>
internal static partial class PlainWords
{
    private static readonly (Regex Refused, string Instead)[] _words =
    [
        (Person(), "the name of the component, the process or the user"),
        (Whether(), "'True if …' or 'Returns whether …'"),
        (Told(), "gets, receives, is notified, is published, is logged"),
        (TellOf(), "reports, publishes, shows"),
        (Result(), "the result, the outcome, the effect"),
        (Door(), "admit, accept, remove, record"),
    ];

    /// <summary>Returns each refused word, with its line: of all lines of a text, of the comments of code.</summary>
    public static IEnumerable<string> In(string path, string text)
    {
        var isCode = path.EndsWith(".cs", StringComparison.Ordinal);
        foreach (var line in text.Split('\n'))
        {
            var prose = (isCode ? Comment().Match(line).Value : line).Replace("decides who is dead", "", StringComparison.Ordinal); // the name of a rule
            foreach (var (refused, instead) in _words)
            {
                if (refused.Match(prose) is { Success: true } match)
                    yield return $"'{match.Value}', write {instead}: {prose.Trim()}";
            }
        }
    }

    [GeneratedRegex(@"(?<=^|\s)//.*")]
    private static partial Regex Comment();

    [GeneratedRegex(@"\b(who|whom|whoever|somebody|nobody|anybody|everybody|someone|anyone|everyone|no one)\b", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture)]
    private static partial Regex Person();

    [GeneratedRegex(@"\btells? whether\b", RegexOptions.IgnoreCase)]
    private static partial Regex Whether();

    [GeneratedRegex(@"\b(is|are|was|were|been|be|when) told\b", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture)]
    private static partial Regex Told();

    [GeneratedRegex(@"\btells? of\b", RegexOptions.IgnoreCase)]
    private static partial Regex TellOf();

    [GeneratedRegex(@"\b(what|whatever) (becomes|became) of\b|\bwhat [^.;:,]{0,40}\b(came|comes) to\b(?! an end)", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture)]
    private static partial Regex Result();

    [GeneratedRegex(@"\blets? in\b|\b(take|takes|taken) down\b", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture)]
    private static partial Regex Door();
}
