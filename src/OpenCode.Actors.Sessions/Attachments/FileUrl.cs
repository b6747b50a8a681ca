using System.Globalization;
using OpenCode.Actors.Sessions.Files;

namespace OpenCode.Actors.Sessions.Attachments;

/// <summary>A <c>file:</c> URL of a prompt: a path, and a range of its lines.</summary>
/// <param name="Path">The absolute path.</param>
/// <param name="First">The first line, from 1.</param>
/// <param name="Count">How many lines.</param>
internal readonly record struct FileUrl(string Path, int First, int Count)
{
    private const string Scheme = "file://";

    /// <summary>True if it is a URL of this kind.</summary>
    public static bool Is(string url) => url.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads a URL such as <c>file:///project/a.txt?start=3&amp;end=5</c>.</summary>
    /// <exception cref="FormatException">It is no such URL; the message says why.</exception>
    public static FileUrl Parse(string url)
    {
        var rest = Before(url[Scheme.Length..], '#');
        var query = rest.IndexOf('?', StringComparison.Ordinal) is >= 0 and var mark ? rest[(mark + 1)..] : "";
        var path = Before(rest, '?');
        if (path.StartsWith("localhost/", StringComparison.OrdinalIgnoreCase))
            path = path["localhost".Length..];
        if (!path.StartsWith('/'))
            throw new FormatException("a file: URL needs an absolute path on this machine, as in file:///folder/name.");

        int? first = null, last = null;
        foreach (var pair in query.Split('&'))
        {
            if (pair.StartsWith("start=", StringComparison.Ordinal))
                first = Line(pair);
            else if (pair.StartsWith("end=", StringComparison.Ordinal))
                last = Line(pair);
        }

        var from = first ?? 1;
        var count = last is { } to ? Math.Max(1, to - from + 1) : NumberedText.MostLines;
        return new FileUrl(Uri.UnescapeDataString(path), from, count);
    }

    private static string Before(string text, char mark) => text.IndexOf(mark, StringComparison.Ordinal) is >= 0 and var at ? text[..at] : text;

    private static int? Line(string pair)
    {
        var text = pair[(pair.IndexOf('=', StringComparison.Ordinal) + 1)..];
        if (text.Length == 0)
            return null;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var line))
            return Math.Max(1, line); // Editors count from 0 or from 1.
        throw new FormatException($"'{pair}' names no line: give a whole number from 1.");
    }
}
