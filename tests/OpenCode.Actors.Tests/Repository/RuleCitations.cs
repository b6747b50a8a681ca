using System.Text.RegularExpressions;

namespace OpenCode.Actors.Tests.Repository;

/// <summary>Finds citations in a text: of rules by name or number, and of pages outside the repository.</summary>
internal static partial class RuleCitations
{
    /// <summary>Gets the names that <c>docs/rules.md</c> defines: its third-level headings, and the bold starts of its list of rules that are not kept yet.</summary>
    public static IReadOnlySet<string> Defined(string page) => Definition().Matches(page).Select(m => m.Groups["name"].Value).ToHashSet(StringComparer.Ordinal);

    public static IEnumerable<string> Names(string text) => ByName().Matches(LineBreak().Replace(text, " ")).Select(m => m.Groups["name"].Value);

    public static IEnumerable<string> Numbers(string text) => ByNumber().Matches(text).Select(m => m.Value);

    public static IEnumerable<string> OutsidePages(string text) => OutsidePage().Matches(text).Select(m => m.Value);

    [GeneratedRegex(@"^(?:### (?<name>.+)|- \*\*(?<name>.+?)\.\*\* .*)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Definition();

    [GeneratedRegex("""\b[Rr]ules? "(?<name>[^"]*)""", RegexOptions.ExplicitCapture)]
    private static partial Regex ByName();

    // A name may go on in the next line of a comment.
    [GeneratedRegex(@"\s*\n\s*(//+|--|#)?\s*", RegexOptions.ExplicitCapture)]
    private static partial Regex LineBreak();

    // With a word before it, alone in parentheses, at the start of a comment, or in front of a test's name.
    [GeneratedRegex(@"\b([R]ULES|[Rr]ules?) [A-I]([1-9]\b)?(?![A-Za-z])|\([A-I][1-9]((, | and )[A-I][1-9])*\)|// [A-I][1-9]\b|\b([A-I][1-9]_)+(?=[a-z])", RegexOptions.ExplicitCapture)]
    private static partial Regex ByNumber();

    // Bracketed letters keep these patterns from finding themselves.
    [GeneratedRegex(@"\b[D]ESIGN\b|\b[R]ULES\b|\b([A]KKA|[S]TYLE|[E]NGINE|[P]ROTOCOL|[C]LIENTS)(\.md| ?§| \d)|[.]\./shared|/[w]ork/(shared|main|wt)|\b[Ii]ssue \d", RegexOptions.ExplicitCapture)]
    private static partial Regex OutsidePage();
}
