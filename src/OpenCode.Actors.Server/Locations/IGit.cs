namespace OpenCode.Actors.Server.Locations;

/// <summary>The git repositories of this machine. A door.</summary>
internal interface IGit
{
    /// <summary>Looks up the repository a folder is in; null when it is in none, or there is no git.</summary>
    Task<GitRepository?> FindAsync(string folder);

    /// <summary>Runs a git command that only reads, and returns what it writes.</summary>
    /// <param name="folder">Where it runs.</param>
    /// <param name="arguments">The command and its arguments.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>Its output; null when it fails, takes too long or writes more than 16 MiB, or there is no git.</returns>
    Task<string?> ReadAsync(string folder, IReadOnlyList<string> arguments, CancellationToken cancellationToken);
}

/// <summary>A repository.</summary>
/// <param name="Root">The folder it fills, a real path.</param>
/// <param name="FirstCommit">The id of its first root commit; null before there is one.</param>
internal sealed record GitRepository(string Root, string? FirstCommit);
