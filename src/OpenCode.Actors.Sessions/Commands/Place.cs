namespace OpenCode.Actors.Sessions.Commands;

/// <summary>Where a session works. Resolved once by the edge and stored with the session (rule "A location is a real path").</summary>
/// <param name="Directory">The real path: the location that its events belong to.</param>
/// <param name="ProjectId">The hash of the first commit, or <c>global</c>.</param>
/// <param name="Path">The directory relative to the root of the project, which is that of the file system without a repository; empty at the root.</param>
internal sealed record Place(string Directory, string ProjectId, string Path = "");
