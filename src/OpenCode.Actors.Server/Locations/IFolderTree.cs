namespace OpenCode.Actors.Server.Locations;

/// <summary>The kind of entry at a path.</summary>
internal enum PathKind
{
    /// <summary>Nothing, or nothing that this process may see.</summary>
    Missing,
    Folder,
    File,
    Link,
}

/// <summary>The folders of this machine, as far as locations need them. A door.</summary>
internal interface IFolderTree
{
    /// <summary>Returns the kind of entry at a path, without following a link at its end.</summary>
    PathKind Look(string path);

    /// <summary>Reads where a link points to, as it is written there; null when it is no link any more.</summary>
    string? Target(string link);
}
