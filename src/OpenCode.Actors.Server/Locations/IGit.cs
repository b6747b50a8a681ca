namespace OpenCode.Actors.Server.Locations;

/// <summary>The git repositories of this machine. A door.</summary>
internal interface IGit
{
    /// <summary>Looks up the repository a folder is in; null when it is in none with a commit, or there is no git.</summary>
    Task<GitRepository?> FindAsync(string folder);
}

/// <summary>A repository with at least one commit.</summary>
/// <param name="Root">The folder it fills, a real path.</param>
/// <param name="FirstCommit">The id of its first root commit.</param>
internal sealed record GitRepository(string Root, string FirstCommit);
