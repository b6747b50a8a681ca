namespace OpenCode.Actors.Sessions.Permissions;

/// <summary>Patterns of permission rules, as opencode reads them: <c>*</c> is any run of characters, <c>?</c> is any one; all else is itself.</summary>
internal static class Wildcard
{
    /// <summary>True if the whole text fits the pattern. <c>git *</c> fits <c>git</c> too: a rule for a command covers the command without arguments.</summary>
    public static bool IsMatch(ReadOnlySpan<char> text, ReadOnlySpan<char> pattern) =>
        Fits(text, pattern) || (pattern.EndsWith(" *", StringComparison.Ordinal) && Fits(text, pattern[..^2]));

    // Greedy with one point to go back to: linear in practice, text × pattern at worst, whatever a client sends.
    private static bool Fits(ReadOnlySpan<char> text, ReadOnlySpan<char> pattern)
    {
        var (t, p, star, mark) = (0, 0, -1, 0);
        while (t < text.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
                (star, mark) = (p++, t);
            else if (p < pattern.Length && (pattern[p] == '?' || pattern[p] == text[t]))
                (t, p) = (t + 1, p + 1);
            else if (star >= 0)
                (p, t) = (star + 1, ++mark);
            else
                return false;
        }

        while (p < pattern.Length && pattern[p] == '*')
            p++;

        return p == pattern.Length;
    }
}
