using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace OpenCode.Actors.Server.Errors;

/// <summary>Describes a mistake in a body as opencode does: the fault, then <c>at ["parts"][0]["text"]</c>. It hides names of types.</summary>
internal static partial class JsonMistake
{
    private const int LongestName = 100;

    public static string Describe(JsonException error)
    {
        var at = At(error.Path);
        var missing = Missing.Match(error.Message);
        if (missing.Success)
            return $"Missing key{(missing.Groups["keys"].Value.Contains(',', StringComparison.Ordinal) ? "s" : "")} {missing.Groups["keys"].Value}{at}";

        // A fault of the text itself has an inner exception of the reader; one of the shape has not, or one of ours.
        var reason = error.InnerException switch
        {
            FormatException or NotSupportedException or ArgumentException => error.InnerException.Message,
            null when error.Message.Contains("doesn't allow", StringComparison.Ordinal) => "Must not be null",
            null when error.Message.StartsWith("Duplicate property", StringComparison.Ordinal) => $"Has the key '{Shorten(error.Message.Split('\'')[1])}' twice",
            null when error.Message.Contains("could not be converted", StringComparison.Ordinal) => "Wrong type of value",
            null => Sentence.Match(error.Message).Value,
            not JsonException => "Wrong type of value",
            _ => string.Create(CultureInfo.InvariantCulture, $"Not valid JSON in line {error.LineNumber + 1}, byte {error.BytePositionInLine}"),
        };
        return reason + at;
    }

    private static string Shorten(string name) => name.Length <= LongestName ? name : name[..LongestName] + "…";

    // "$.parts[0].text" becomes ["parts"][0]["text"].
    private static string At(string? path)
    {
        if (string.IsNullOrEmpty(path) || path == "$")
            return "";

        var text = new StringBuilder("\n  at ");
        foreach (var step in Step.EnumerateMatches(path.AsSpan(1)))
        {
            var part = path.AsSpan(1).Slice(step.Index, step.Length);
            _ = part[0] == '.' ? text.Append("[\"").Append(part[1..]).Append("\"]") : text.Append(part.ToString().Replace('\'', '"'));
        }

        return text.ToString();
    }

    [GeneratedRegex(@"missing required properties including: (?<keys>.+?)\.", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Missing { get; }

    [GeneratedRegex(@"^.+?[.!?](?=\s|$)|^.+$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Sentence { get; }

    [GeneratedRegex(@"\.[^.\[]+|\[[^\]]*\]", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Step { get; }
}
