namespace OpenCode.Actors.Server.Locations;

/// <summary>The git command of this machine. A door.</summary>
internal interface IGit
{
    /// <summary>Returns the id of the first root commit of the repository a folder is in; null when there is none, or no git.</summary>
    Task<string?> FirstRootCommitAsync(string folder);
}
