namespace OpenCode.Actors.Server.Locations;

/// <summary>Resolves a client's path to a location (rule "A location is a real path"): the real path of the longest existing prefix, the rest normalised.</summary>
internal sealed class LocationResolver(IFolderTree folders, string workingFolder)
{
    private const int MostLinks = 40;
    private const int LongestPath = 4_096;

    /// <summary>Gets the location of requests that name none. Looked at once.</summary>
    public Location Default { get; } = Resolve(folders, "/", workingFolder);

    /// <summary>Resolves what a client names; null or empty is <see cref="Default"/>, a relative path starts there.</summary>
    /// <exception cref="LocationException">It is a file, too long, holds a NUL, or its links go round in circles.</exception>
    public Location Resolve(string? named) => string.IsNullOrEmpty(named) ? Default : Resolve(folders, Default.Path, named);

    private static Location Resolve(IFolderTree folders, string from, string named)
    {
        if (named.Length > LongestPath || named.Contains('\0', StringComparison.Ordinal))
            throw new LocationException($"The location is no path: it is longer than {LongestPath} characters or holds a NUL.");

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
            if (kind != PathKind.Folder)
                continue; // below something that is not there: nothing to look at

            var path = Join(real);
            kind = folders.Look(path);
            if (kind == PathKind.Link && folders.Target(path) is { } target)
            {
                if (++links > MostLinks)
                    throw new LocationException($"The location '{named}' leads through more than {MostLinks} links.");

                real = target.StartsWith('/') ? [] : real[..^1];
                kind = PathKind.Folder;
                foreach (var part in Segments(target).Reverse())
                    ahead.Push(part);
            }
            else if (kind == PathKind.File)
            {
                throw new LocationException($"The location '{named}' is a file, not a folder: '{path}'.");
            }
        }

        return new Location(Join(real), kind == PathKind.Folder);
    }

    private static IEnumerable<string> Segments(string path) => path.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(s => s != ".");

    private static string Join(List<string> segments) => "/" + string.Join('/', segments);
}
