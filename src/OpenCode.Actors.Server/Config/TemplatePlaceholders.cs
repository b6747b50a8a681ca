using System.Text.RegularExpressions;

namespace OpenCode.Actors.Server.Config;

/// <summary>The places for arguments in a command's template.</summary>
internal static partial class TemplatePlaceholders
{
    private const string All = "$ARGUMENTS";

    /// <summary>Gives each once: those with numbers in their order, then the one for all arguments.</summary>
    public static IReadOnlyList<string> Of(string template) =>
    [
        .. Numbered.Matches(template).Select(static place => place.Value).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal),
        .. template.Contains(All, StringComparison.Ordinal) ? (string[])[All] : [],
    ];

    [GeneratedRegex(@"\$\d+", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Numbered { get; }
}
