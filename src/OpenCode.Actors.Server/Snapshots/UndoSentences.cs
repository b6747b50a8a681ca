using System.Globalization;

namespace OpenCode.Actors.Server.Snapshots;

/// <summary>Says what an undo did not restore, or restored over the work of others.</summary>
internal static class UndoSentences
{
    private const int MostNames = 5;

    /// <summary>Makes the sentences; null when there is nothing to say.</summary>
    /// <param name="kept">The files that stay as they are, each with its reason.</param>
    /// <param name="overwritten">The files that were restored although something else changed them.</param>
    /// <param name="unkept">What changed and is in no snapshot.</param>
    public static string? Of(IReadOnlyList<(string File, string Why)> kept, IEnumerable<string> overwritten, IReadOnlyList<string> unkept)
    {
        List<string> sentences = [];
        if (kept.Count > 0)
            sentences.Add($"Stay as they are: {Few([.. kept.Select(static file => $"{file.File} ({file.Why})")])}.");
        if (overwritten.Except(kept.Select(static file => file.File), StringComparer.Ordinal).ToList() is { Count: > 0 } others)
            sentences.Add($"Restored, although something else changed them too: {Few(others)}. A redo before the next prompt brings that back.");
        if (unkept.Count > 0)
            sentences.Add($"Changed since then but in no snapshot, so not undone (ignored, over 2 MB, or another repository's): {Few(unkept)}.");
        return sentences.Count == 0 ? null : string.Join(' ', sentences);
    }

    private static string Few(IReadOnlyList<string> names) =>
        string.Create(CultureInfo.InvariantCulture, $"{string.Join(", ", names.Take(MostNames))}{(names.Count > MostNames ? $" and {names.Count - MostNames} more" : "")}");
}
