using System.Text;
using System.Text.RegularExpressions;

namespace OpenCode.Actors.Sessions.Files;

/// <summary>Patterns of paths as regular expressions: <c>*</c> and <c>?</c> within a name, <c>**</c> over folders, <c>[a-z]</c>, and <c>{a,b}</c> where they are wanted.</summary>
internal static class PathPattern
{
    /// <summary>The longest pattern that is read.</summary>
    public const int MostCharacters = 1_000;

    /// <summary>Reads a pattern.</summary>
    /// <remarks>Without backtracking it costs the length of the path, whatever a model or a repository wrote.</remarks>
    /// <param name="pattern">The pattern, without a slash at its start.</param>
    /// <param name="isAnchored">Whether it begins where the path does; else before any name in it.</param>
    /// <param name="hasBraces">Whether braces mean alternatives.</param>
    /// <exception cref="ArgumentException">It cannot be read.</exception>
    public static Regex Compile(string pattern, bool isAnchored, bool hasBraces) => new(
        (isAnchored ? "^" : "^(?:.*/)?") + Translate(pattern, hasBraces) + "$", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.Singleline);

    private static string Translate(string pattern, bool hasBraces)
    {
        var text = new StringBuilder();
        var depth = 0;
        for (var i = 0; i < pattern.Length; i++)
        {
            switch (pattern[i])
            {
                case '*' when pattern.AsSpan(i).StartsWith("**/", StringComparison.Ordinal) && (i == 0 || pattern[i - 1] is '/' or '{' or ','):
                    text.Append("(?:.*/)?");
                    i += 2;
                    break;
                case '*' when pattern.AsSpan(i).StartsWith("**", StringComparison.Ordinal):
                    text.Append(".*");
                    i++;
                    break;
                case '*':
                    text.Append("[^/]*");
                    break;
                case '?':
                    text.Append("[^/]");
                    break;
                case '[' when pattern.IndexOf(']', i + 2 < pattern.Length ? i + 2 : i) is > 0 and var end:
                    text.Append(Class(pattern.AsSpan(i + 1, end - i - 1)));
                    i = end;
                    break;
                case '{' when hasBraces:
                    depth++;
                    text.Append("(?:");
                    break;
                case '}' when depth > 0:
                    depth--;
                    text.Append(')');
                    break;
                case ',' when depth > 0:
                    text.Append('|');
                    break;
                case '\\' when i + 1 < pattern.Length:
                    text.Append(Regex.Escape(pattern[++i].ToString()));
                    break;
                default:
                    text.Append(pattern[i] is ']' or '}' ? "\\" + pattern[i] : Regex.Escape(pattern[i].ToString()));
                    break;
            }
        }

        return text.ToString();
    }

    private static string Class(ReadOnlySpan<char> signs)
    {
        var isNot = signs is ['!' or '^', ..];
        var text = new StringBuilder(isNot ? "[^/" : "[");
        foreach (var sign in isNot ? signs[1..] : signs)
            text.Append(sign is '\\' or '[' or ']' or '^' ? "\\" : "").Append(sign);
        return text.Append(']').ToString();
    }
}
