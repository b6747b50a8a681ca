namespace OpenCode.Actors.Server.Locations;

/// <summary>The project of locations: a git repository, or <c>global</c> for all locations outside of one.</summary>
/// <param name="Id">The first root commit, or <see cref="GlobalId"/>, which a repository is too before its first commit.</param>
/// <param name="Worktree">The folder that the repository fills, or the root of the file system.</param>
/// <param name="FirstSeen">When this server met it.</param>
internal sealed record Project(string Id, string Worktree, DateTimeOffset FirstSeen)
{
    public const string GlobalId = "global";

    /// <summary>The worktree of what is in no repository: the root of the file system.</summary>
    public const string NoWorktree = "/";

    public bool IsRepository => Id != GlobalId || Worktree != NoWorktree;
}
