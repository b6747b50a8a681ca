using OpenCode.Actors.Protocol.Sessions;

namespace OpenCode.Actors.Sessions.Snapshots;

/// <summary>Where snapshots of files are taken: the worktree of a git repository.</summary>
/// <param name="Directory">The location of the session.</param>
/// <param name="Root">The folder that the repository fills.</param>
internal sealed record SnapshotPlace(string Directory, string Root)
{
    private const string NoProject = "global"; // of a repository too, before its first commit

    /// <summary>Finds the place of a session; null outside of a repository, where its path begins at the root of the file system.</summary>
    public static SnapshotPlace? Of(Session info) => RootOf(info) is var root && info.ProjectId == NoProject && root == "/" ? null : new(info.Directory, root);

    /// <summary>Returns the root of a session's project; <c>/</c> where there is none.</summary>
    public static string RootOf(Session info) => info.Path.Length == 0 || !info.Directory.EndsWith('/' + info.Path, StringComparison.Ordinal) ? info.Directory
        : info.Directory.Length == info.Path.Length + 1 ? "/"
        : info.Directory[..^(info.Path.Length + 1)];
}
