using System.Collections.Concurrent;
using OpenCode.Actors.Sessions.Commands;

namespace OpenCode.Actors.Server.Locations;

/// <summary>Finds the project of a location: the first root commit of its git repository, else <c>global</c>.</summary>
/// <remarks>Read from git once for a location, at its first use. "global" is read again after a while: <c>git init</c> or the first commit may have happened.</remarks>
internal sealed class ProjectCatalog(IGit git, TimeProvider time)
{
    private const int MostKnown = 10_000;
    private static readonly TimeSpan _askAgain = TimeSpan.FromSeconds(10);
    private readonly ConcurrentDictionary<string, Known> _known = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Project> _projects = new(StringComparer.Ordinal);

    /// <summary>Returns the place of a location. Never fails: without git, or when git takes too long, its project is <c>global</c>.</summary>
    public async ValueTask<Place> PlaceOfAsync(Location location) => (await KnowAsync(location)).Place;

    /// <summary>Returns the project of a location, as <see cref="PlaceOfAsync"/> does.</summary>
    public async ValueTask<Project> ProjectOfAsync(Location location) => (await KnowAsync(location)).Project;

    private async ValueTask<Known> KnowAsync(Location location)
    {
        var now = time.GetTimestamp();
        if (_known.TryGetValue(location.Path, out var known) && (known.Project.Id != Project.GlobalId || time.GetElapsedTime(known.At, now) < _askAgain))
            return known;

        var repository = location.Exists ? await git.FindAsync(location.Path) : null;
        if (_known.Count >= MostKnown)
            _known.Clear();
        if (_projects.Count >= MostKnown)
            _projects.Clear();

        if (repository is null)
            return _known[location.Path] = new Known(new Place(location.Path, Project.GlobalId, location.Path[1..]), Meet(Project.GlobalId, Project.NoWorktree), now);

        var id = repository.FirstCommit ?? Project.GlobalId;
        return _known[location.Path] = new Known(new Place(location.Path, id, PathWithin(repository.Root, location.Path)), Meet(id, repository.Root), now);
    }

    // Clones of one repository are one project, each with a folder of its own.
    private Project Meet(string id, string worktree) => _projects.GetOrAdd(id, static (id, at) => new Project(id, at.Worktree, at.Now), (Worktree: worktree, Now: time.GetUtcNow())) with { Worktree = worktree };

    private static string PathWithin(string root, string path) => path.StartsWith(root + "/", StringComparison.Ordinal) ? path[(root.Length + 1)..] : "";

    private readonly record struct Known(Place Place, Project Project, long At);
}
