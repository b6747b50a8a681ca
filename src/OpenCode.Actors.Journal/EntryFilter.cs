namespace OpenCode.Actors.Journal;

/// <summary>Which entries a reader wants. What is null does not select.</summary>
/// <param name="Location">Only entries of this directory; one without a directory is not of it.</param>
/// <param name="SessionId">Only entries of this session; one without a session is not of it.</param>
public sealed record EntryFilter(string? Location = null, string? SessionId = null)
{
    /// <summary>Gets the filter that selects every entry.</summary>
    public static EntryFilter All { get; } = new();

    /// <summary>Tells whether the reader wants this entry.</summary>
    /// <param name="entry">An entry.</param>
    /// <returns>True if it is selected.</returns>
    public bool Matches(LogEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        return (Location is null || Location == entry.Location) && (SessionId is null || SessionId == entry.SessionId);
    }
}
