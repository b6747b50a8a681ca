using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Sessions.Permissions;

namespace OpenCode.Actors.Sessions.Index;

/// <summary>An event of the log that changes what the index shows of a session.</summary>
/// <param name="SessionId">The session.</param>
/// <param name="Offset">Its place in the log.</param>
/// <param name="Event">The properties of the event; of <c>session.created</c> and <c>session.updated</c> the <see cref="SessionEntry"/>.</param>
internal sealed record IndexEvent(SessionId SessionId, long Offset, object Event);

/// <summary>The user answered with <c>always</c>.</summary>
/// <param name="Rules">All rules that the session has learned, from its rows: exactly what the user was shown.</param>
internal sealed record AlwaysRules(IReadOnlyList<LearnedRule> Rules);
