using OpenCode.Actors.Protocol.Sessions;

namespace OpenCode.Actors.Sessions.Snapshots;

/// <summary>Where snapshots of files are taken: the worktree of a git repository.</summary>
/// <param name="Directory">The location of the session.</param>
/// <param name="Root">The folder that the repository fills.</param>
internal sealed record SnapshotPlace(string Directory, string Root)
{
    private const string NoRepository = "global";

    /// <summary>Finds the place of a session; null outside of a repository.</summary>
    public static SnapshotPlace? Of(Session info) => info.ProjectId == NoRepository ? null : new(info.Directory, RootOf(info));

    /// <summary>Returns the root of a session's project; <c>/</c> where there is none.</summary>
    public static string RootOf(Session info) => info.Path.Length == 0 || !info.Directory.EndsWith('/' + info.Path, StringComparison.Ordinal) ? info.Directory
        : info.Directory.Length == info.Path.Length + 1 ? "/"
        : info.Directory[..^(info.Path.Length + 1)];
}
