namespace OpenCode.Actors.Sessions.Files;

/// <summary>The kind of entry at a path, links followed.</summary>
internal enum EntryKind
{
    /// <summary>Nothing, or nothing that may be seen.</summary>
    Missing,
    Folder,
    File,
}

/// <summary>Reads the files of a machine for a model. A door; its calls may block.</summary>
internal interface IFileTree
{
    /// <summary>Returns the kind of entry at a path.</summary>
    EntryKind Look(string path);

    /// <summary>Opens a file for reading, from its start.</summary>
    /// <exception cref="IOException">It is not there, may not be read, or is no regular file; the message is for people.</exception>
    Stream Open(string path);

    /// <summary>Refuses the name of a file that this server keeps for itself, also while there is none.</summary>
    /// <exception cref="IOException">It is such a name; the message is for people.</exception>
    void CheckName(string path)
    {
    }

    /// <summary>Lists the entries of a folder, in no order.</summary>
    /// <exception cref="IOException">It cannot be listed; the message is for people.</exception>
    IEnumerable<FolderEntry> List(string path);
}

/// <summary>An entry of a folder.</summary>
/// <param name="Name">Its name, without the folder.</param>
/// <param name="IsFolder">Whether it is a folder, or a link to one.</param>
/// <param name="IsLink">Whether it is a link to a folder.</param>
internal readonly record struct FolderEntry(string Name, bool IsFolder, bool IsLink = false);
