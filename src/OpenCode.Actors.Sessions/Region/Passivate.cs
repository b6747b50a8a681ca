using OpenCode.Actors.Sessions.Commands;

namespace OpenCode.Actors.Sessions.Region;

/// <summary>A session requests from its parent to leave memory. The parent buffers its messages from now on, and sends the stop message back.</summary>
/// <param name="StopMessage">What the session stops at. All that was sent to it before comes before.</param>
internal sealed record Passivate(Leave StopMessage);
