namespace OpenCode.Actors.Server.Locations.Files;

/// <summary>The files of this machine, as far as clients may read them. A door: it knows no location, so its callers check the path.</summary>
internal interface IFiles
{
    /// <summary>Reads a regular file whole. A link at the end of the path is not followed.</summary>
    /// <param name="path">A real path.</param>
    /// <param name="mostBytes">The longest file that is read.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>Its bytes; null when there is no regular file that may be read, or it is longer.</returns>
    Task<byte[]?> ReadAsync(string path, long mostBytes, CancellationToken cancellationToken);

    /// <summary>Lists entries of a folder, in no order; none when there is no folder that may be read.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="most">How many are read: a folder of millions is not read to its end.</param>
    IReadOnlyList<FolderEntry> List(string folder, int most);
}

/// <summary>An entry of a folder.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind">A folder, a file, or a link, which is not followed.</param>
internal readonly record struct FolderEntry(string Name, PathKind Kind);
