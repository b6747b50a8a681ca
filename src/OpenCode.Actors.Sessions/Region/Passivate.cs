using OpenCode.Actors.Sessions.Commands;

namespace OpenCode.Actors.Sessions.Region;

/// <summary>A session asks its parent to leave memory. The parent keeps what comes for it from now on, and sends the stop message back.</summary>
/// <param name="StopMessage">What the session stops at. All that was sent to it before comes before.</param>
internal sealed record Passivate(Leave StopMessage);
