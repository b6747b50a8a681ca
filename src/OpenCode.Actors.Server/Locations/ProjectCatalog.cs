using System.Collections.Concurrent;
using OpenCode.Actors.Sessions.Commands;

namespace OpenCode.Actors.Server.Locations;

/// <summary>Which project a location belongs to: the first root commit of its git repository, else <c>global</c>.</summary>
/// <remarks>Read from git once for a location, at its first use. "global" is read again after a while: <c>git init</c> may have happened.</remarks>
internal sealed class ProjectCatalog(IGit git, TimeProvider time)
{
    private const string Global = "global";
    private const int MostKnown = 10_000;
    private static readonly TimeSpan _askAgain = TimeSpan.FromSeconds(10);
    private readonly ConcurrentDictionary<string, Known> _known = new(StringComparer.Ordinal);

    /// <summary>Returns the place of a location. Never fails: without git, or when git takes too long, its project is <c>global</c>.</summary>
    public async ValueTask<Place> PlaceOfAsync(Location location)
    {
        var now = time.GetTimestamp();
        if (_known.TryGetValue(location.Path, out var known) && (known.Place.ProjectId != Global || time.GetElapsedTime(known.At, now) < _askAgain))
            return known.Place;

        var repository = location.Exists ? await git.FindAsync(location.Path) : null;
        var place = repository is null
            ? new Place(location.Path, Global)
            : new Place(location.Path, repository.FirstCommit, PathWithin(repository.Root, location.Path));
        if (_known.Count >= MostKnown)
            _known.Clear();

        _known[location.Path] = new Known(place, now);
        return place;
    }

    private static string PathWithin(string root, string path) => path.StartsWith(root + "/", StringComparison.Ordinal) ? path[(root.Length + 1)..] : "";

    private readonly record struct Known(Place Place, long At);
}
