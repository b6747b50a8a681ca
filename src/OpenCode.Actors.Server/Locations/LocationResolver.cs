namespace OpenCode.Actors.Server.Locations;

/// <summary>Resolves a client's path to a location (rule "A location is a real path"): the real path of the longest existing prefix, the rest normalised.</summary>
internal sealed class LocationResolver(IFolderTree folders, string workingFolder)
{
    /// <summary>Gets the location of requests that name none. Resolved once.</summary>
    public Location Default { get; } = Resolve(folders, "/", workingFolder);

    /// <summary>Resolves what a client names; null or empty is <see cref="Default"/>, a relative path starts there.</summary>
    /// <exception cref="LocationException">It is a file, too long, holds a NUL, or its links go round in circles.</exception>
    public Location Resolve(string? named) => string.IsNullOrEmpty(named) ? Default : Resolve(folders, Default.Path, named);

    private static Location Resolve(IFolderTree folders, string from, string named)
    {
        var (path, kind) = RealPath.Of(folders, from, named);
        return kind == PathKind.File ? throw new LocationException($"The location '{named}' is a file, not a folder: '{path}'. Name a folder.") : new Location(path, kind == PathKind.Folder);
    }
}
