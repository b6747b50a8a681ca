using System.Text.RegularExpressions;
using OpenCode.Actors.Sessions.Files;

namespace OpenCode.Actors.Sessions.Tools.Search;

/// <summary>A pattern of paths: <c>*</c> and <c>?</c> within a name, <c>**</c> over folders, <c>[a-z]</c>, <c>{a,b}</c>. One without a slash matches names in every folder.</summary>
/// <remarks>Libraries for it miss braces beside <c>**</c>.</remarks>
internal sealed class GlobPattern
{
    private readonly Regex _expression;

    /// <summary>Reads a pattern.</summary>
    /// <exception cref="ToolRefusedException">It is too long, or cannot be read.</exception>
    public GlobPattern(string pattern)
    {
        if (pattern.Length > PathPattern.MostCharacters)
            throw new ToolRefusedException($"The pattern has {pattern.Length} characters; {PathPattern.MostCharacters} are the most. Give a shorter one.");

        try
        {
            _expression = PathPattern.Compile(pattern.TrimStart('/'), isAnchored: pattern.Contains('/', StringComparison.Ordinal), hasBraces: true);
        }
        catch (ArgumentException e)
        {
            throw new ToolRefusedException($"The pattern '{pattern}' cannot be read. Close each [ and {{ in it.", e);
        }
    }

    /// <summary>True if a path fits, relative to where the search begins and with slashes.</summary>
    public bool IsMatch(string path) => _expression.IsMatch(path);
}
