using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Sessions.Index;

namespace OpenCode.Actors.Clustering.Draining;

/// <summary>
/// The sessions with an unfinished turn, wherever they run, as the index of this node knows them from the log. Which of these turns only wait for their user, or have not
/// begun, their sessions alone know.
/// </summary>
internal static class SessionsWithTurns
{
    /// <summary>Gets the question to the index.</summary>
    public static IndexQuery.ListStatus Query { get; } = new();

    /// <summary>Gets the sessions of its answer.</summary>
    public static IEnumerable<SessionId> In(IndexQuery.Statuses answer) => answer.BySession.Keys;
}
