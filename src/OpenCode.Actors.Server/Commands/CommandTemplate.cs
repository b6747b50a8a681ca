using System.Globalization;
using System.Text.RegularExpressions;
using OpenCode.Actors.Server.Config;

namespace OpenCode.Actors.Server.Commands;

/// <summary>Fills the template of a command: <c>$ARGUMENTS</c> is all that was given, <c>$1</c> the first word of it, and <c>!`line`</c> a shell line.</summary>
internal static partial class CommandTemplate
{
    /// <summary>Fills a template.</summary>
    /// <remarks>Only the template's own shell lines are found: one in the arguments stays text. The last of the numbered places takes all words that are left, and arguments without any place stand at the end.</remarks>
    public static IReadOnlyList<TemplatePiece> Fill(string template, string arguments)
    {
        var words = WordsOf(arguments);
        var last = Places.Matches(template).Select(static place => NumberOf(place)).DefaultIfEmpty().Max();
        var pieces = new List<TemplatePiece>();
        var at = 0;
        foreach (Match line in Lines.Matches(template))
        {
            pieces.Add(new TemplatePiece(Filled(template[at..line.Index]), IsLine: false));
            pieces.Add(new TemplatePiece(Filled(line.Groups["line"].Value), IsLine: true));
            at = line.Index + line.Length;
        }

        var rest = TemplatePlaceholders.Of(template).Count > 0 || string.IsNullOrWhiteSpace(arguments) ? "" : "\n\n" + arguments;
        pieces.Add(new TemplatePiece(Filled(template[at..]) + rest, IsLine: false));
        return pieces;

        string Filled(string text) => Places.Replace(text, place => NumberOf(place) switch
        {
            _ when place.Value == "$ARGUMENTS" => arguments,
            0 => "",
            var number when number == last => string.Join(' ', words.Skip(number - 1)),
            var number => words.ElementAtOrDefault(number - 1) ?? "",
        });
    }

    /// <summary>Returns the words of arguments; one in quotes may hold blanks.</summary>
    public static IReadOnlyList<string> WordsOf(string arguments) => [.. Words.Matches(arguments).Select(static word => Unquoted(word.Value))];

    private static int NumberOf(Match place) => int.TryParse(place.ValueSpan[1..], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;

    private static string Unquoted(string word) => word is ['"', .., '"'] or ['\'', .., '\''] ? word[1..^1] : word;

    [GeneratedRegex(@"""[^""]*""|'[^']*'|\S+", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Words { get; }

    [GeneratedRegex(@"\$(ARGUMENTS|[0-9]{1,9})", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Places { get; }

    [GeneratedRegex("!`(?<line>[^`]+)`", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Lines { get; }
}
