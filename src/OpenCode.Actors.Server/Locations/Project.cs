namespace OpenCode.Actors.Server.Locations;

/// <summary>The project of locations: a git repository, or <c>global</c> for all locations outside of one.</summary>
/// <param name="Id">The first root commit, or <see cref="GlobalId"/>.</param>
/// <param name="Worktree">The folder that the repository fills, or the root of the file system.</param>
/// <param name="FirstSeen">When this server met it.</param>
internal sealed record Project(string Id, string Worktree, DateTimeOffset FirstSeen)
{
    public const string GlobalId = "global";

    public bool IsRepository => Id != GlobalId;
}
