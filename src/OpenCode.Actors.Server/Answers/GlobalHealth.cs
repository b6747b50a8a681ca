namespace OpenCode.Actors.Server.Answers;

/// <summary>Answer of <c>GET /global/health</c>.</summary>
/// <param name="Healthy">Always true: a server that is not healthy does not answer.</param>
/// <param name="Version">The version of opencode whose protocol we speak; clients compare it with their own.</param>
internal sealed record GlobalHealth(bool Healthy, string Version);
