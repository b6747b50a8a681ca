using System.Diagnostics.CodeAnalysis;
using OpenCode.Actors.Protocol.Ids;

namespace OpenCode.Actors.Sessions.Index;

/// <summary>All sessions there are, awake or not, newest updated first. Only the index's actor uses it.</summary>
internal sealed class SessionIndex
{
    // Equal times are ordered by the id, whose order is that of creation: newer ones sort first.
    private static readonly Comparer<SessionEntry> _newestFirst = Comparer<SessionEntry>.Create(static (a, b) =>
        a.Updated != b.Updated ? b.Updated.CompareTo(a.Updated) : string.CompareOrdinal(a.Id.Value, b.Id.Value));

    private readonly Dictionary<SessionId, SessionEntry> _byId = [];
    private readonly SortedSet<SessionEntry> _byTime = new(_newestFirst);

    // Locations and projects are few and sessions many: they share one string each.
    private readonly Dictionary<string, string> _shared = new(StringComparer.Ordinal);

    /// <summary>Gets how many sessions there are.</summary>
    public int Count => _byId.Count;

    /// <summary>Finds a session.</summary>
    public bool TryGet(SessionId id, [NotNullWhen(true)] out SessionEntry? entry) => _byId.TryGetValue(id, out entry);

    /// <summary>Takes in a new session or a new info of a known one.</summary>
    public void Put(SessionEntry entry)
    {
        Remove(entry.Id);
        var (directory, project, path) = (Share(entry.Directory), Share(entry.ProjectId), Share(entry.Path));
        var isShared = ReferenceEquals(directory, entry.Directory) && ReferenceEquals(project, entry.ProjectId) && ReferenceEquals(path, entry.Path);
        var shared = isShared ? entry : entry with { Directory = directory, ProjectId = project, Path = path };
        _byId.Add(shared.Id, shared);
        _byTime.Add(shared);
    }

    /// <summary>Forgets a deleted session.</summary>
    public void Remove(SessionId id)
    {
        if (_byId.Remove(id, out var old))
            _byTime.Remove(old);
    }

    /// <summary>Selects sessions, newest updated first.</summary>
    public IReadOnlyList<SessionEntry> List(SessionQuery query)
    {
        var limit = query.Limit ?? int.MaxValue;
        var found = new List<SessionEntry>();
        foreach (var entry in _byTime)
        {
            if (found.Count >= limit || entry.Updated < query.UpdatedSince)
                break;
            if (IsSelected(entry, query))
                found.Add(entry);
        }

        return found;
    }

    private static bool IsSelected(SessionEntry entry, SessionQuery query) =>
        (query.Directory is null || query.Directory == entry.Directory)
        && (query.ProjectId is not { } project || IsOf(entry, project, query.Worktree))
        && (query.Path is not { } path || (entry.Path.StartsWith(path, StringComparison.Ordinal) && (entry.Path.Length == path.Length || entry.Path[path.Length] == '/')))
        && (query.ParentId is null || query.ParentId == entry.ParentId)
        && !(query.RootsOnly && entry.ParentId is not null)
        && (query.Search is null || entry.Title.Contains(query.Search, StringComparison.OrdinalIgnoreCase));

    // A session keeps the project it began in, and that of a repository changes with its first commit, and with a branch of other roots. Its folder stays.
    private static bool IsOf(SessionEntry entry, string projectId, string? worktree) =>
        (entry.ProjectId == projectId && (worktree is null || projectId != SessionEntry.NoProject))
        || (worktree is not null && (entry.ProjectId == SessionEntry.NoProject ? IsWithin(entry.Directory, worktree) : entry.Worktree == worktree));

    private static bool IsWithin(string folder, string worktree) => folder == worktree || folder.StartsWith(worktree + "/", StringComparison.Ordinal);

    private string Share(string text)
    {
        if (!_shared.TryGetValue(text, out var shared))
            _shared.Add(text, shared = text);
        return shared;
    }
}
