namespace OpenCode.Actors.Sessions.Tools.Edit;

/// <summary>Finds whole lines that are equal except for the blanks around them. Lines that are indented deeper in the file than in the call are replaced by lines with the same indent.</summary>
internal static class LineFinder
{
    /// <summary>Finds all places, in order.</summary>
    public static IReadOnlyList<Place> Find(string text, string old, string @new)
    {
        var endsLine = old.EndsWith('\n');
        var lines = Split(text);
        var wanted = Split(old).ConvertAll(line => old.AsSpan(line.Start, line.Length).ToString());
        var places = new List<Place>();
        for (var at = 0; at + wanted.Count <= lines.Count; at++)
        {
            if (!IsAt(text, lines, at, wanted))
                continue;

            var (first, last) = (lines[at], lines[at + wanted.Count - 1]);
            var end = endsLine ? last.Next : last.Start + last.Length;
            places.Add(new Place(first.Start, end - first.Start, Indent(text, lines, at, wanted, @new)));
            at += wanted.Count - 1;
        }

        return places;
    }

    // Each without its line end.
    private static List<(int Start, int Length, int Next)> Split(string text)
    {
        var lines = new List<(int, int, int)>();
        for (var start = 0; start < text.Length;)
        {
            var feed = text.IndexOf('\n', start);
            var next = feed < 0 ? text.Length : feed + 1;
            var end = feed < 0 ? next : feed > start && text[feed - 1] == '\r' ? feed - 1 : feed;
            lines.Add((start, end - start, next));
            start = next;
        }

        return lines;
    }

    private static bool IsAt(string text, List<(int Start, int Length, int Next)> lines, int at, List<string> wanted)
    {
        for (var i = 0; i < wanted.Count; i++)
        {
            var line = text.AsSpan(lines[at + i].Start, lines[at + i].Length);
            if (!line.Trim().SequenceEqual(wanted[i].AsSpan().Trim()))
                return false;
        }

        return true;
    }

    // Where all lines differ by the same blanks at their start, the new lines get those, or lose them, too.
    private static string Indent(string text, List<(int Start, int Length, int Next)> lines, int at, List<string> wanted, string @new)
    {
        string? added = null, removed = null;
        for (var i = 0; i < wanted.Count; i++)
        {
            if (string.IsNullOrWhiteSpace(wanted[i]))
                continue;

            var there = BlanksOf(text.AsSpan(lines[at + i].Start, lines[at + i].Length)).ToString();
            var given = BlanksOf(wanted[i]).ToString();
            var more = there.EndsWith(given, StringComparison.Ordinal) ? there[..^given.Length] : null;
            var less = given.EndsWith(there, StringComparison.Ordinal) ? given[..^there.Length] : null;
            if (more is null && less is null)
                return @new;
            if ((added is not null || removed is not null) && ((added ?? "") != (more ?? "") || (removed ?? "") != (less ?? "")))
                return @new;
            (added, removed) = (more ?? "", less ?? "");
        }

        var shifted = @new.Split('\n').Select(line => string.IsNullOrWhiteSpace(line) ? line
            : removed is { Length: > 0 } && line.StartsWith(removed, StringComparison.Ordinal) ? line[removed.Length..]
            : added + line);
        return string.Join('\n', shifted);
    }

    private static ReadOnlySpan<char> BlanksOf(ReadOnlySpan<char> line) => line[..^line.TrimStart(" \t").Length];
}
