namespace OpenCode.Actors.Journal;

/// <summary>Which entries a reader wants. What is null does not select.</summary>
/// <param name="Location">Only entries of this directory; one without a directory is not of it.</param>
/// <param name="SessionId">Only entries of this session; one without a session is not of it.</param>
public sealed record EntryFilter(string? Location = null, string? SessionId = null)
{
    /// <summary>Gets the filter that selects every entry.</summary>
    public static EntryFilter All { get; } = new();

    /// <summary>True if the reader wants this entry.</summary>
    /// <param name="entry">An entry.</param>
    /// <returns>True if it is selected.</returns>
    public bool Matches(LogEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        return Matches(entry.Location, entry.SessionId);
    }

    /// <summary>True if the reader wants entries of a place.</summary>
    /// <param name="location">Their directory, or null.</param>
    /// <param name="sessionId">Their session, or null.</param>
    /// <returns>True if they are selected.</returns>
    public bool Matches(string? location, string? sessionId) => (Location is null || Location == location) && (SessionId is null || SessionId == sessionId);
}
