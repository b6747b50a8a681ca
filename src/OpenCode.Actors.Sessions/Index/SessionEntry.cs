using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Sessions;

namespace OpenCode.Actors.Sessions.Index;

/// <summary>The fields of every session that stay in memory: the fields that lists select by, and the info as it is sent, so that a list is a concatenation.</summary>
/// <param name="Id">The session.</param>
/// <param name="Directory">Its location.</param>
/// <param name="ProjectId">Its project.</param>
/// <param name="Path">Its path in the project.</param>
/// <param name="ParentId">Its parent, if it has one.</param>
/// <param name="Title">Its title.</param>
/// <param name="Updated">When it was last updated, in milliseconds of the epoch.</param>
/// <param name="Json">The whole info, JSON in UTF-8.</param>
internal sealed record SessionEntry(
    SessionId Id, string Directory, string ProjectId, string Path, SessionId? ParentId, string Title, long Updated, ReadOnlyMemory<byte> Json)
{
    /// <summary>The project of sessions that began outside of a repository, or before its first commit.</summary>
    public const string NoProject = "global";

    /// <summary>Gets the folder that the session's project fills; the location where its path does not say.</summary>
    public string Worktree => Path.Length > 0 && Directory.EndsWith("/" + Path, StringComparison.Ordinal) ? Directory[..^(Path.Length + 1)] : Directory;

    /// <summary>Makes the entry of an info.</summary>
    public static SessionEntry Of(Session info, ReadOnlyMemory<byte> json) =>
        new(info.Id, info.Directory, info.ProjectId, PathOf(info.Path, info.ProjectId, info.Directory), info.ParentId, info.Title, info.Time.Updated, json);

    /// <summary>Returns the path that lists select by: sessions outside of a repository were stored without one by earlier versions.</summary>
    public static string PathOf(string path, string projectId, string directory) => path.Length == 0 && projectId == NoProject ? directory.TrimStart('/') : path;
}
