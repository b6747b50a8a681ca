namespace OpenCode.Actors.Journal;

/// <summary>A run of selected entries.</summary>
/// <param name="Entries">The entries in order; may be empty.</param>
/// <param name="Through">The last offset that was looked at: all that the filter selects up to it has been given, so a cursor may move there.</param>
public sealed record EntryPage(IReadOnlyList<LogEntry> Entries, long Through);
