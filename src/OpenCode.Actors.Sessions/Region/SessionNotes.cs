using System.Collections.Immutable;
using OpenCode.Actors.Protocol.Permissions;
using OpenCode.Actors.Protocol.Questions;
using OpenCode.Actors.Protocol.Sessions;
using OpenCode.Actors.Sessions.State;

namespace OpenCode.Actors.Sessions.Region;

/// <summary>What the region knows of a session that is awake, as of its last commit.</summary>
/// <param name="Info">The info; null when there is no such session (any more).</param>
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
    /// <summary>Takes the notes of a state.</summary>
    public static SessionNotes Of(SessionState state) => new(state.Info, state.Status, state.Permissions, state.Questions, state.Remembered);
}
