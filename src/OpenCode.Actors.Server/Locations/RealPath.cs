namespace OpenCode.Actors.Server.Locations;

/// <summary>Resolves a path as the kernel does: links and dots followed in their order, what does not exist normalised.</summary>
internal static class RealPath
{
    private const int MostLinks = 40;
    private const int LongestPath = 4_096;

    /// <summary>Resolves a path; a relative one starts at <paramref name="from"/>, which is real.</summary>
    /// <returns>The real path, and what is there: never a link.</returns>
    /// <exception cref="LocationException">It is too long, holds a NUL, is below a file, or its links go round in circles.</exception>
    public static (string Path, PathKind Kind) Of(IFolderTree folders, string from, string named)
    {
        if (named.Length > LongestPath || named.Contains('\0', StringComparison.Ordinal))
            throw new LocationException($"The location is no path: it is longer than {LongestPath} characters or holds a NUL. Name another folder.");

        // What is still to be walked, nearest on top. ".." takes away what was walked already, links resolved, as the kernel does it.
        var ahead = new Stack<string>(Segments(named).Reverse());
        var real = named.StartsWith('/') ? new List<string>() : [.. Segments(from)];
        var kind = PathKind.Folder;
        var links = 0;
        while (ahead.TryPop(out var segment))
        {
            if (segment == "..")
            {
                real = real[..Math.Max(0, real.Count - 1)];
                kind = PathKind.Folder;
                continue;
            }

            real.Add(segment);
            if (kind == PathKind.File)
                throw new LocationException($"'{named}' names something below a file, '{Join(real[..^1])}'. Name a folder.");
            if (kind != PathKind.Folder)
                continue; // below something that is not there: nothing to look at

            var path = Join(real);
            kind = folders.Look(path);
            if (kind == PathKind.Link && folders.Target(path) is { } target)
            {
                if (++links > MostLinks)
                    throw new LocationException($"The location '{named}' leads through more than {MostLinks} links. Name the folder itself.");

                real = target.StartsWith('/') ? [] : real[..^1];
                kind = PathKind.Folder;
                foreach (var part in Segments(target).Reverse())
                    ahead.Push(part);
            }
        }

        return (Join(real), kind);
    }

    private static IEnumerable<string> Segments(string path) => path.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(s => s != ".");

    private static string Join(List<string> segments) => "/" + string.Join('/', segments);
}
