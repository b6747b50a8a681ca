namespace OpenCode.Actors.Server.Routes;

/// <summary>A path with its methods, such as <c>GET,PATCH /session/{sessionID}</c>.</summary>
internal sealed record RouteTemplate(IReadOnlyList<string> Methods, string Path, string[] Segments)
{
    /// <summary>Gets how many segments are not parameters.</summary>
    public int FixedCount => Segments.Count(s => !IsParameter(s));

    /// <summary>Gets a value indicating whether the last segment stands for one or more.</summary>
    public bool IsOpenEnded => Segments is [.., "*"];

    public static RouteTemplate Parse(string line)
    {
        var space = line.IndexOf(' ', StringComparison.Ordinal);
        var path = line[(space + 1)..];
        return new RouteTemplate(line[..space].Split(','), path, path.Split('/', StringSplitOptions.RemoveEmptyEntries));
    }

    public bool Matches(ReadOnlySpan<string> path)
    {
        if (IsOpenEnded ? path.Length < Segments.Length : path.Length != Segments.Length)
            return false;

        for (var i = 0; i < Segments.Length; i++)
        {
            if (!IsParameter(Segments[i]) && !Segments[i].Equals(path[i], StringComparison.OrdinalIgnoreCase))
                return false;
        }

        return true;
    }

    private static bool IsParameter(string segment) => segment == "*" || segment.StartsWith('{');
}
