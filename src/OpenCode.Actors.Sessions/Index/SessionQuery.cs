using OpenCode.Actors.Protocol.Ids;

namespace OpenCode.Actors.Sessions.Index;

/// <summary>Which sessions to list; what is null does not select. Newest updated first.</summary>
/// <param name="Directory">Only sessions of exactly this location.</param>
/// <param name="ProjectId">Only sessions of this project.</param>
/// <param name="Worktree">With <paramref name="ProjectId"/>: the folder that its repository fills, so that sessions from before its first commit are found too; null outside of a repository.</param>
/// <param name="Path">Only sessions at this path within their project, or below it.</param>
/// <param name="ParentId">Only children of this session.</param>
/// <param name="RootsOnly">Only sessions without a parent.</param>
/// <param name="UpdatedSince">Only those updated at or after this moment, in milliseconds of the epoch.</param>
/// <param name="Search">Only those whose title holds this text, whatever the case.</param>
/// <param name="Limit">At most that many.</param>
internal sealed record SessionQuery(
    string? Directory = null,
    string? ProjectId = null,
    string? Worktree = null,
    string? Path = null,
    SessionId? ParentId = null,
    bool RootsOnly = false,
    long? UpdatedSince = null,
    string? Search = null,
    int? Limit = null);
