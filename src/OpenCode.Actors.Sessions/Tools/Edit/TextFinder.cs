using System.Text.RegularExpressions;

namespace OpenCode.Actors.Sessions.Tools.Edit;

/// <summary>A piece of a text and its replacement.</summary>
internal readonly record struct Place(int Start, int Length, string New);

/// <summary>Finds a text in a file: exactly, else by its lines without the blanks around them, else by its words. The first method that finds something wins.</summary>
internal static class TextFinder
{
    // A text of this many words is not looked for word by word: the automaton of its expression would be too large.
    private const int MostWords = 1_000;

    /// <summary>Finds all places, in order. They do not overlap.</summary>
    /// <param name="text">The text of the file.</param>
    /// <param name="old">The text to find; not empty, with the line ends of the file.</param>
    /// <param name="new">The replacement.</param>
    public static IReadOnlyList<Place> Find(string text, string old, string @new) => FindExact(text, old, @new) switch
    {
        { Count: > 0 } exact => exact,
        _ when string.IsNullOrWhiteSpace(old) => [],
        _ => LineFinder.Find(text, old, @new) is { Count: > 0 } lines ? lines : FindWords(text, old, @new),
    };

    private static List<Place> FindExact(string text, string old, string @new)
    {
        var places = new List<Place>();
        for (var at = 0; (at = text.IndexOf(old, at, StringComparison.Ordinal)) >= 0; at += old.Length)
            places.Add(new Place(at, old.Length, @new));
        return places;
    }

    // Blanks around the text are no part of the place, so they are none of what takes its place.
    private static List<Place> FindWords(string text, string old, string @new)
    {
        var words = old.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (words.Length > MostWords)
            return [];

        var pattern = new Regex(string.Join(@"\s+", words.Select(Regex.Escape)), RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        var start = old.Length - old.AsSpan().TrimStart().Length;
        var end = old.Length - old.AsSpan().TrimEnd().Length;
        if (start > 0 && @new.StartsWith(old[..start], StringComparison.Ordinal))
            @new = @new[start..];
        if (end > 0 && @new.EndsWith(old[^end..], StringComparison.Ordinal))
            @new = @new[..^end];
        return [.. pattern.EnumerateMatches(text).ToList().Select(match => new Place(match.Index, match.Length, @new))];
    }

    private static List<(int Index, int Length)> ToList(this Regex.ValueMatchEnumerator matches)
    {
        var all = new List<(int, int)>();
        foreach (var match in matches)
            all.Add((match.Index, match.Length));
        return all;
    }
}
