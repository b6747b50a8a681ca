namespace OpenCode.Actors.Sessions.Permissions;

/// <summary>The location in which a call is judged.</summary>
/// <param name="Directory">The location: tools start there.</param>
/// <param name="Root">The root of its project, which contains the location; what is in it is not outside.</param>
/// <param name="Paths">Resolves paths.</param>
internal sealed record ToolLocation(string Directory, string Root, IPathFacts Paths)
{
    private static readonly string[] _homes = ["~", "$HOME"];

    private string? _realHome;

    /// <summary>Gets what the names of files in rules start at: the root of the project, or the location where there is no project.</summary>
    public string Base => Root == "/" ? Directory : Root;

    /// <summary>True if a real path is in the location or its project.</summary>
    public bool Contains(string path) => IsIn(Directory, path) || (Root != "/" && IsIn(Root, path));

    /// <summary>Returns the other names that a rule may have for an absolute path or pattern: those within the home folder.</summary>
    public IEnumerable<string> NamesAtHome(string path)
    {
        _realHome ??= Paths.RealPath(Paths.Home);
        var home = IsIn(Paths.Home, path) ? Paths.Home : _realHome;
        return home.Length > 1 && IsIn(home, path) ? _homes.Prepend(Paths.Home).Select(name => name + path[home.Length..]).Where(name => name != path) : [];
    }

    private static bool IsIn(string folder, string path) =>
        path.StartsWith(folder, StringComparison.Ordinal) && (path.Length == folder.Length || folder.EndsWith('/') || path[folder.Length] == '/');
}
