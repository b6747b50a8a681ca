using System.Text.RegularExpressions;

namespace OpenCode.Actors.Server.Edge;

/// <summary>Treats several slashes in a row as one, as opencode does: clients join a base address that ends in one with a path that begins with one.</summary>
internal static partial class OneSlash
{
    public static HttpContext For(HttpContext context)
    {
        if (context.Request.Path.Value is { } path && path.Contains("//", StringComparison.Ordinal))
            context.Request.Path = Slashes.Replace(path, "/");
        return context;
    }

    [GeneratedRegex("/{2,}", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Slashes { get; }
}
