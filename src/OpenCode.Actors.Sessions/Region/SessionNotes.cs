using System.Collections.Immutable;
using OpenCode.Actors.Protocol.Permissions;
using OpenCode.Actors.Protocol.Questions;
using OpenCode.Actors.Protocol.Sessions;
using OpenCode.Actors.Sessions.State;
using OpenCode.Actors.Sessions.Turns;

namespace OpenCode.Actors.Sessions.Region;

/// <summary>What the region knows of a session that is awake here, as of its last commit, or of one of another node, as of the log.</summary>
/// <param name="Info">The info; null when there is no such session (any more), and for one of another node, whose info is in the index alone.</param>
/// <param name="Status">The status.</param>
/// <param name="Permissions">What waits for an answer.</param>
/// <param name="Questions">What waits for an answer.</param>
/// <param name="Remembered">The rules learned in this session.</param>
internal sealed record SessionNotes(
    Session? Info,
    SessionStatus Status,
    ImmutableList<PermissionRequest> Permissions,
    ImmutableList<QuestionRequest> Questions,
    ImmutableList<PermissionRule> Remembered)
{
    /// <summary>Gets a value indicating whether its turn does nothing but wait for its user (RULES C5). Known of sessions that are awake here.</summary>
    public bool IsParked { get; private init; }

    /// <summary>Gets the notes of a session of which nothing is told yet.</summary>
    public static SessionNotes None { get; } = new(null, SessionStatus.Idle, [], [], []);

    /// <summary>Takes the notes of a state.</summary>
    public static SessionNotes Of(SessionState state) => new(state.Info, state.Status, state.Permissions, state.Questions, state.Remembered)
    {
        IsParked = state is { Turn.Stream: not null } && state.Permissions.Count + state.Questions.Count > 0 && Recovery.IsParked(state),
    };
}
