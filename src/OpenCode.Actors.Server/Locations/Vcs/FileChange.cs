namespace OpenCode.Actors.Server.Locations.Vcs;

/// <summary>A file that differs from the last commit.</summary>
/// <param name="File">Its path in the repository.</param>
/// <param name="Patch">The difference in git's form; null where it was not asked for.</param>
/// <param name="Additions">How many lines came.</param>
/// <param name="Deletions">How many lines went.</param>
/// <param name="Status"><c>added</c>, <c>deleted</c> or <c>modified</c>.</param>
internal sealed record FileChange(string File, string? Patch, int Additions, int Deletions, string Status);
