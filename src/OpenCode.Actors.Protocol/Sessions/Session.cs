using System.Text.Json.Serialization;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Models;
using OpenCode.Actors.Protocol.Permissions;

namespace OpenCode.Actors.Protocol.Sessions;

/// <summary>A session as clients see it; sent whole with every <c>session.*</c> event.</summary>
/// <param name="Id">The session's id.</param>
/// <param name="Slug">Two words, see <see cref="Slugs"/>.</param>
/// <param name="ProjectId">The first root commit of the project, or <c>global</c>.</param>
/// <param name="Directory">The location: the real path of the project folder.</param>
/// <param name="Title">What people call it.</param>
/// <param name="Version">The protocol version of the server that made it.</param>
/// <param name="Time">When it was made and changed.</param>
public sealed record Session(
    SessionId Id,
    string Slug,
    [property: JsonPropertyName("projectID")] string ProjectId,
    string Directory,
    string Title,
    string Version,
    SessionTime Time)
{
    /// <summary>Gets the path of the directory within its worktree; empty at the root.</summary>
    public string Path { get; init; } = "";

    /// <summary>Gets the cost of all turns in US dollars.</summary>
    public decimal Cost { get; init; }

    /// <summary>Gets the tokens of all turns.</summary>
    public Tokens Tokens { get; init; } = Tokens.Zero;

    /// <summary>Gets the session that this one is a child of.</summary>
    [JsonPropertyName("parentID")]
    public SessionId? ParentId { get; init; }

    /// <summary>Gets the agent of the last prompt.</summary>
    public string? Agent { get; init; }

    /// <summary>Gets the model of the last prompt.</summary>
    public SessionModel? Model { get; init; }

    /// <summary>Gets the lines changed so far.</summary>
    public SessionSummary? Summary { get; init; }

    /// <summary>Gets where the session was rolled back to, until the next prompt or an unrevert.</summary>
    public SessionRevert? Revert { get; init; }

    /// <summary>Gets the session's own permission rules; the last one that matches decides.</summary>
    public IReadOnlyList<PermissionRule>? Permission { get; init; }
}

/// <summary>Times of a session in milliseconds of the epoch.</summary>
/// <param name="Created">When it was made.</param>
/// <param name="Updated">When it was last changed.</param>
public sealed record SessionTime(long Created, long Updated)
{
    /// <summary>Gets since when its context is being summarized.</summary>
    public long? Compacting { get; init; }

    /// <summary>Gets when it was archived.</summary>
    public long? Archived { get; init; }
}

/// <summary>Lines and files changed by a session.</summary>
/// <param name="Additions">Lines added.</param>
/// <param name="Deletions">Lines removed.</param>
/// <param name="Files">Files touched.</param>
public sealed record SessionSummary(int Additions, int Deletions, int Files);

/// <summary>Where a session was rolled back to.</summary>
/// <param name="MessageId">The first message that is undone.</param>
public sealed record SessionRevert([property: JsonPropertyName("messageID")] MessageId MessageId)
{
    /// <summary>Gets the first part that is undone, if not the whole message.</summary>
    [JsonPropertyName("partID")]
    public PartId? PartId { get; init; }

    /// <summary>Gets the snapshot of the files before the roll-back.</summary>
    public string? Snapshot { get; init; }

    /// <summary>Gets the undone changes as a unified diff.</summary>
    public string? Diff { get; init; }
}
