using System.Text;
using System.Text.RegularExpressions;

namespace OpenCode.Actors.Sessions.Tools.Search;

/// <summary>A pattern of paths: <c>*</c> and <c>?</c> within a name, <c>**</c> over folders, <c>[a-z]</c>, <c>{a,b}</c>. One without a slash matches names in every folder.</summary>
/// <remarks>Libraries for it miss braces beside <c>**</c>. As a regular expression without backtracking it costs the length of the path, whatever a model wrote.</remarks>
internal sealed class GlobPattern
{
    private const int MostCharacters = 1_000;

    private readonly Regex _expression;

    /// <summary>Reads a pattern.</summary>
    /// <exception cref="ToolRefusedException">It is too long, or cannot be read.</exception>
    public GlobPattern(string pattern)
    {
        if (pattern.Length > MostCharacters)
            throw new ToolRefusedException($"The pattern has {pattern.Length} characters; {MostCharacters} are the most. Give a shorter one.");

        var rooted = pattern.TrimStart('/');
        try
        {
            _expression = new Regex((pattern.Contains('/', StringComparison.Ordinal) ? "^" : "^(?:.*/)?") + Translate(rooted) + "$", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.Singleline);
        }
        catch (ArgumentException e)
        {
            throw new ToolRefusedException($"The pattern '{pattern}' cannot be read. Close each [ and {{ in it.", e);
        }
    }

    /// <summary>True if a path fits, relative to where the search begins and with slashes.</summary>
    public bool IsMatch(string path) => _expression.IsMatch(path);

    private static string Translate(string pattern)
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
                case '{':
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
