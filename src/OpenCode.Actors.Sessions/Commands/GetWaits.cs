using OpenCode.Actors.Protocol.Ids;

namespace OpenCode.Actors.Sessions.Commands;

/// <summary>Reads whether the open turn only waits for its user; answered with <see cref="WaitsFound"/>.</summary>
internal sealed record GetWaits : ISessionRead;

/// <summary>Whether the open turn only waits, as it is committed.</summary>
/// <param name="IsWaiting">Whether a turn is open, and nothing of it runs but calls of <c>task</c>.</param>
/// <param name="Children">The children of those calls: it depends on them.</param>
internal sealed record WaitsFound(bool IsWaiting, IReadOnlyList<SessionId> Children);
