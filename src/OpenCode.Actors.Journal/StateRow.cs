namespace OpenCode.Actors.Journal;

/// <summary>One row of state as it was last written.</summary>
/// <param name="Kind">What the row is.</param>
/// <param name="Owner">The owner of the row.</param>
/// <param name="Key">Which one.</param>
/// <param name="Json">The row, JSON in UTF-8.</param>
/// <param name="Offset">The head of the log right after the commit that wrote it: entries up to it are part of the row.</param>
public sealed record StateRow(string Kind, string Owner, string Key, ReadOnlyMemory<byte> Json, long Offset);
