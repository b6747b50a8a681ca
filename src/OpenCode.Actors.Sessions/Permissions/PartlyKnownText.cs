namespace OpenCode.Actors.Sessions.Permissions;

/// <summary>Texts with unknown parts, such as a command with a variable in it. The character <see cref="Any"/> stands for any run of characters.</summary>
internal static class PartlyKnownText
{
    /// <summary>Any run of characters, in a text. A private-use character: a line that holds it is only judged more strictly.</summary>
    public const char Any = '\uE000';

    private const char NoCharacter = '\uFFFF';
    private const long MostWork = 4_000_000;

    /// <summary>True if a pattern fits whatever the unknown parts are: a run fits a star alone.</summary>
    public static bool Always(string text, string pattern) =>
        Wildcard.IsMatch(text, text.Contains(Any, StringComparison.Ordinal) ? pattern.Replace('?', NoCharacter) : pattern);

    /// <summary>True if a pattern fits for some of what the unknown parts may be.</summary>
    public static bool Sometimes(string text, string pattern) =>
        text.Contains(Any, StringComparison.Ordinal) && ((long)text.Length * pattern.Length > MostWork || Meet(text, pattern) || (pattern.EndsWith(" *", StringComparison.Ordinal) && Meet(text, pattern[..^2])));

    // Whether two texts with runs have one in common: reachable[p] says that text[..t] and pattern[..p] do.
    private static bool Meet(string text, string pattern)
    {
        var reachable = new bool[pattern.Length + 1];
        reachable[0] = true;
        Skip(reachable, pattern);
        foreach (var character in text)
        {
            var next = new bool[pattern.Length + 1];
            for (var p = 0; p <= pattern.Length; p++)
            {
                if (!reachable[p])
                    continue;
                if (character == Any)
                    Array.Fill(next, true, p, pattern.Length + 1 - p); // It takes as much of the pattern as it likes.
                else if (p < pattern.Length && pattern[p] == '*')
                    next[p] = true;
                else if (p < pattern.Length && (pattern[p] == '?' || pattern[p] == character))
                    next[p + 1] = true;
            }

            Skip(next, pattern);
            reachable = next;
        }

        return reachable[^1];
    }

    // A star may be nothing.
    private static void Skip(bool[] reachable, string pattern)
    {
        for (var p = 0; p < pattern.Length; p++)
            reachable[p + 1] |= reachable[p] && pattern[p] == '*';
    }
}
