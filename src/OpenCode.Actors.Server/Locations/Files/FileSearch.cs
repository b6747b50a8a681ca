namespace OpenCode.Actors.Server.Locations.Files;

/// <summary>Finds paths by typed characters: a path matches if it has all of them, in order, ignoring case.</summary>
internal static class FileSearch
{
    /// <summary>Ranks paths, the best first.</summary>
    /// <param name="files">Files of a location.</param>
    /// <param name="query">What was typed; empty for all.</param>
    /// <param name="withFiles">Whether files are wanted.</param>
    /// <param name="withFolders">Whether the folders of those files are wanted; their paths end with a slash.</param>
    /// <param name="most">How many.</param>
    public static IReadOnlyList<string> Find(IReadOnlyList<string> files, string query, bool withFiles, bool withFolders, int most)
    {
        var folders = withFolders ? files.SelectMany(Folders).Distinct(StringComparer.Ordinal) : [];
        return [.. folders.Concat(withFiles ? files : [])
            .Select(path => (Path: path, Rank: Rank(path, query)))
            .Where(static one => one.Rank < int.MaxValue)
            .OrderBy(static one => one.Rank).ThenBy(static one => one.Path.Length).ThenBy(static one => one.Path, StringComparer.Ordinal)
            .Take(most)
            .Select(static one => one.Path)];
    }

    private static IEnumerable<string> Folders(string file)
    {
        for (var slash = file.IndexOf('/', StringComparison.Ordinal); slash >= 0; slash = file.IndexOf('/', slash + 1))
            yield return file[..(slash + 1)];
    }

    private static int Rank(string path, string query)
    {
        var name = path.AsSpan().TrimEnd('/');
        name = name[(name.LastIndexOf('/') + 1)..];
        if (name.Equals(query, StringComparison.OrdinalIgnoreCase))
            return 0;
        if (name.StartsWith(query, StringComparison.OrdinalIgnoreCase))
            return 1;
        if (name.Contains(query, StringComparison.OrdinalIgnoreCase))
            return 2;
        if (path.Contains(query, StringComparison.OrdinalIgnoreCase))
            return 3;

        return Gaps(path, query) is { } gaps ? 4 + gaps : int.MaxValue;
    }

    // How many characters stand between those that were typed.
    private static int? Gaps(string path, string query)
    {
        int at = 0, first = -1;
        foreach (var typed in query)
        {
            at = path.AsSpan(at).IndexOf(typed.ToString(), StringComparison.OrdinalIgnoreCase) is >= 0 and var step ? at + step + 1 : -1;
            if (at < 0)
                return null;
            if (first < 0)
                first = at;
        }

        return at - first - query.Length + 1;
    }
}
