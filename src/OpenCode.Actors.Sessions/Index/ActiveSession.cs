using System.Collections.Immutable;
using OpenCode.Actors.Protocol.Events;
using OpenCode.Actors.Protocol.Sessions;

namespace OpenCode.Actors.Sessions.Index;

/// <summary>The status and pending requests of a session that is not idle or waits for its user.</summary>
/// <param name="Status">The status.</param>
/// <param name="Permissions">The permissions that wait for an answer.</param>
/// <param name="Questions">The questions that wait for an answer.</param>
internal sealed record ActiveSession(SessionStatus Status, ImmutableList<PermissionRequest> Permissions, ImmutableList<QuestionRequest> Questions)
{
    /// <summary>Gets the notes of a session of which nothing is known yet.</summary>
    public static ActiveSession None { get; } = new(SessionStatus.Idle, [], []);

    /// <summary>Gets a value indicating whether the status is a guess from the row of an open turn: neither the log nor the session has given it yet.</summary>
    public bool IsGuessed { get; init; }

    /// <summary>Gets a value indicating whether there is nothing to note: the session is idle, and no request waits.</summary>
    public bool IsEmpty => this is { Status: IdleStatus, Permissions.IsEmpty: true, Questions.IsEmpty: true };
}
