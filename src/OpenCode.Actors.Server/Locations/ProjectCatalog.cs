using System.Collections.Concurrent;

namespace OpenCode.Actors.Server.Locations;

/// <summary>Which project a location belongs to: the first root commit of its git repository, else <c>global</c>.</summary>
/// <remarks>Asked of git once for a location, when somebody needs it. "global" is asked again after a while: <c>git init</c> may have happened.</remarks>
internal sealed class ProjectCatalog(IGit git, TimeProvider time)
{
    public const string Global = "global";

    private const int MostKnown = 10_000;
    private static readonly TimeSpan AskAgain = TimeSpan.FromSeconds(10);
    private readonly ConcurrentDictionary<string, Known> _known = new(StringComparer.Ordinal);

    /// <summary>Returns the project of a location. Never fails: without git, or when git takes too long, it is <c>global</c>.</summary>
    public async ValueTask<string> OfAsync(Location location)
    {
        if (!location.Exists)
        {
            return Global;
        }

        var now = time.GetTimestamp();
        if (_known.TryGetValue(location.Path, out var known) && (known.Project != Global || time.GetElapsedTime(known.At, now) < AskAgain))
        {
            return known.Project;
        }

        var project = await git.FirstRootCommitAsync(location.Path) ?? Global;
        if (_known.Count >= MostKnown)
        {
            _known.Clear();
        }

        _known[location.Path] = new Known(project, now);
        return project;
    }

    private readonly record struct Known(string Project, long At);
}
