namespace OpenCode.Actors.Sessions.Permissions;

/// <summary>Where a call is judged.</summary>
/// <param name="Directory">The location: tools start there.</param>
/// <param name="Root">The root of its project, which contains the location; what is in it is not outside.</param>
/// <param name="Paths">What stands at a path.</param>
internal sealed record ToolLocation(string Directory, string Root, IPathFacts Paths)
{
    /// <summary>Gets what the names of files in rules start at: the root of the project, or the location where there is no project.</summary>
    public string Base => Root == "/" ? Directory : Root;

    /// <summary>Tells whether a real path is in the location or its project.</summary>
    public bool Contains(string path) => IsIn(Directory, path) || (Root != "/" && IsIn(Root, path));

    private static bool IsIn(string folder, string path) =>
        path.StartsWith(folder, StringComparison.Ordinal) && (path.Length == folder.Length || folder.EndsWith('/') || path[folder.Length] == '/');
}
