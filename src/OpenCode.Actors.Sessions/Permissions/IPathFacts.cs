namespace OpenCode.Actors.Sessions.Permissions;

/// <summary>Resolves the paths that a call names. A door.</summary>
internal interface IPathFacts
{
    /// <summary>Gets the home folder that tools see.</summary>
    string Home { get; }

    /// <summary>Returns the real path of an absolute one: links, dots and doubled slashes resolved as far as something is there, the rest normalised.</summary>
    string RealPath(string path);

    /// <summary>True if a folder is at a path.</summary>
    bool IsFolder(string path);
}
