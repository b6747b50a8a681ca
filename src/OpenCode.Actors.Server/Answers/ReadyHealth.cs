namespace OpenCode.Actors.Server.Answers;

/// <summary>Answer of <c>GET /health/ready</c>.</summary>
/// <param name="Ready">Whether commands are taken. A node that is not ready keeps its streams open.</param>
/// <param name="Reason">Why not.</param>
internal sealed record ReadyHealth(bool Ready, string? Reason);
