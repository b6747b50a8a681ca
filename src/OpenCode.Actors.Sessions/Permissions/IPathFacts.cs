namespace OpenCode.Actors.Sessions.Permissions;

/// <summary>What stands at the paths that a call names. A door.</summary>
internal interface IPathFacts
{
    /// <summary>Gets the home folder that tools see.</summary>
    string Home { get; }

    /// <summary>Gives the real path of an absolute one: links, dots and doubled slashes resolved as far as something stands there, the rest normalised.</summary>
    string RealPath(string path);

    /// <summary>Tells whether a folder stands at a path.</summary>
    bool IsFolder(string path);
}
