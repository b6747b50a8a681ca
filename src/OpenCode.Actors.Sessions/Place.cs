namespace OpenCode.Actors.Sessions;

/// <summary>Where a session works. Found out once by the edge, and stored with the session (RULES H3).</summary>
/// <param name="Directory">The real path: the location that its events belong to.</param>
/// <param name="ProjectId">The hash of the first commit, or <c>global</c>.</param>
/// <param name="Path">The directory relative to the root of the project; empty at the root.</param>
internal sealed record Place(string Directory, string ProjectId, string Path = "");
