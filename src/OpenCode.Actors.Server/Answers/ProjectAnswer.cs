using OpenCode.Actors.Server.Locations;

namespace OpenCode.Actors.Server.Answers;

/// <summary>A project as clients list it.</summary>
/// <param name="Id">The first root commit of its repository, or <c>global</c>.</param>
/// <param name="Worktree">The folder that its repository fills.</param>
/// <param name="Vcs"><c>git</c>; absent without a repository.</param>
/// <param name="Time">Since when it is known.</param>
/// <param name="Sandboxes">Further folders of it: none.</param>
internal sealed record ProjectAnswer(string Id, string Worktree, string? Vcs, ProjectAnswer.ProjectTime Time, IReadOnlyList<string> Sandboxes)
{
    public static ProjectAnswer Of(Project project) => Of(project, project.FirstSeen.ToUnixTimeMilliseconds());

    public static ProjectAnswer Of(Project project, long updated) =>
        new(project.Id, project.Worktree, project.IsRepository ? "git" : null, new ProjectTime(project.FirstSeen.ToUnixTimeMilliseconds(), updated), []);

    internal sealed record ProjectTime(long Created, long Updated);
}

/// <summary>A folder of a project.</summary>
internal sealed record ProjectDirectory(string Directory);

/// <summary>Answer of <c>GET /path</c>.</summary>
/// <param name="Home">The home of the server's user.</param>
/// <param name="State">Where terminals keep what they remember.</param>
/// <param name="Config">Where the configuration of the user is.</param>
/// <param name="Worktree">The folder of the location's project.</param>
/// <param name="Directory">The location, as events name it: the TUI shows only events of this one.</param>
internal sealed record PathAnswer(string Home, string State, string Config, string Worktree, string Directory);

/// <summary>Answer of <c>GET /api/location</c>.</summary>
internal sealed record LocationAnswer(string Directory, LocationAnswer.LocationProject Project)
{
    public static LocationAnswer Of(Location location, Project project) => new(location.Path, new LocationProject(project.Id, project.Worktree));

    internal sealed record LocationProject(string Id, string Directory);
}
