namespace OpenCode.Actors.Sessions.Files;

/// <summary>The names of a folder's entries, limited for a model.</summary>
/// <param name="Lines">Each name on a line; folders end with a slash.</param>
/// <param name="Count">How many there are.</param>
/// <param name="HasMore">Whether there are more.</param>
internal sealed record FolderListing(string Lines, int Count, bool HasMore)
{
    /// <summary>How many names are listed.</summary>
    public const int MostNames = 1_000;

    // A folder of millions is not read to its end for a list of a thousand.
    private const int MostRead = 20_000;

    /// <summary>Gets how many names these are, as a sentence without a full stop.</summary>
    public string Note => (Count, HasMore) switch
    {
        (0, _) => "The folder is empty",
        (_, true) => $"{Count} names are shown, and there are more",
        _ => $"{Count} {(Count == 1 ? "name" : "names")}",
    };

    /// <summary>Lists a folder by name.</summary>
    public static FolderListing Of(IEnumerable<FolderEntry> entries)
    {
        var read = entries.Take(MostRead + 1).ToList();
        var names = read.Take(MostRead).OrderBy(entry => entry.Name, StringComparer.Ordinal).Take(MostNames).Select(entry => entry.IsFolder ? entry.Name + "/" : entry.Name).ToList();
        return new FolderListing(string.Concat(names.Select(name => name + "\n")), names.Count, read.Count > names.Count);
    }
}
