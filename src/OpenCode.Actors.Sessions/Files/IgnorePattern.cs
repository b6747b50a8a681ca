namespace OpenCode.Actors.Sessions.Files;

/// <summary>A pattern of a <c>.gitignore</c> as git reads it: <c>*</c>, <c>?</c> and <c>[a-z]</c> within a name, and <c>**</c> for any folders between slashes.</summary>
/// <remarks>Nothing is built ahead: a foreign repository may have thousands of them, and a regular expression for each took 2 ms and 300 KB. A path costs its length times the pattern's at most.</remarks>
/// <param name="pattern">The pattern, without slashes at its ends.</param>
internal sealed class IgnorePattern(string pattern)
{
    private const string AnyFolders = "**";

    private readonly string[] _names = pattern.Split('/');

    /// <summary>True if a path fits it from its first name to its last.</summary>
    public bool Fits(ReadOnlySpan<char> path)
    {
        int at = 0, start = 0;
        (int At, int Start)? retry = null;
        while (start <= path.Length)
        {
            if (at < _names.Length && _names[at] == AnyFolders)
            {
                if (++at == _names.Length)
                    return true;
                retry = (at, start);
            }

            var name = NameAt(path, start);
            if (at < _names.Length && NameFits(_names[at], name))
            {
                at++;
                start += name.Length + 1;
            }
            else if (retry is { } last)
            {
                // One more folder for the last "**"; what was before it need not be tried anew.
                (at, start) = (last.At, last.Start + NameAt(path, last.Start).Length + 1);
                retry = (at, start);
            }
            else
            {
                return false;
            }
        }

        return at == _names.Length;
    }

    private static ReadOnlySpan<char> NameAt(ReadOnlySpan<char> path, int start) => path[start..].IndexOf('/') is >= 0 and var length ? path.Slice(start, length) : path[start..];

    private static bool NameFits(ReadOnlySpan<char> pattern, ReadOnlySpan<char> name)
    {
        int at = 0, i = 0;
        (int At, int Index)? retry = null;
        while (i < name.Length)
        {
            if (at < pattern.Length && pattern[at] == '*')
            {
                retry = (++at, i);
            }
            else if (at < pattern.Length && SignFits(pattern, at, name[i]) is > 0 and var length)
            {
                at += length;
                i++;
            }
            else if (retry is { } last)
            {
                (at, i) = (last.At, last.Index + 1);
                retry = (at, i);
            }
            else
            {
                return false;
            }
        }

        return pattern[at..].TrimStart('*') is [] or ['\\'];
    }

    // How many characters of the pattern the sign took; 0 where it does not fit.
    private static int SignFits(ReadOnlySpan<char> pattern, int at, char sign)
    {
        var rest = pattern[at..];
        switch (rest)
        {
            case ['?', ..]:
                return 1;
            case ['\\', var escaped, ..]:
                return escaped == sign ? 2 : 0;
            case ['[', _, ..] when rest[2..].IndexOf(']') is >= 0 and var length:
                return IsOneOf(rest[1..(length + 2)], sign) ? length + 3 : 0;
            default:
                return rest[0] == sign ? 1 : 0;
        }
    }

    private static bool IsOneOf(ReadOnlySpan<char> signs, char sign)
    {
        var isNot = signs is ['!' or '^', ..];
        var left = isNot ? signs[1..] : signs;
        while (left.Length > 0)
        {
            var isRange = left is [_, '-', _, ..];
            if (sign >= left[0] && sign <= left[isRange ? 2 : 0])
                return !isNot;
            left = left[(isRange ? 3 : 1)..];
        }

        return isNot;
    }
}
