using System.Buffers;
using System.Globalization;
using System.Text.Unicode;

namespace OpenCode.Actors.Protocol.Cursors;

/// <summary>
/// A place in the log as <c>id:</c> and <c>Last-Event-ID</c> carry it: <c>&lt;timeline&gt;.&lt;generation&gt;-&lt;offset&gt;</c>, then <c>.1</c> before a sync twin (rule "Twin ids")
/// or <c>.m&lt;end&gt;</c> inside a merged window (rule "Merged windows"). At most 40 characters of <c>[A-Za-z0-9.-]</c>; opaque to clients.
/// </summary>
/// <param name="Timeline">Which life of the log: 8 base62 characters.</param>
/// <param name="Generation">Which generation of that life: 1, or a time in milliseconds.</param>
/// <param name="Offset">The last entry that the client has; 0 before the first.</param>
/// <param name="BeforeTwin">Whether the client has the entry's first frame only, and not its sync twin. A stream without twins reads it as the offset itself.</param>
/// <param name="MergedThrough">The end of the merged window that is under way, beyond the offset; null if there is none.</param>
public readonly record struct StreamCursor(string Timeline, long Generation, long Offset, bool BeforeTwin = false, long? MergedThrough = null)
{
    /// <summary>
    /// The greatest length of a cursor. Generation and offsets share 28 digits, of which a generation takes 13 at most until 2336: that leaves 15 for an offset, and 7 for each end
    /// of a merged window, which nothing writes yet.
    /// </summary>
    public const int MaxLength = 40;

    private const int TimelineLength = 8;

    private static readonly SearchValues<char> _base62 = SearchValues.Create("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    /// <summary>Reads a cursor. Only the exact form that <see cref="ToString()"/> writes is taken.</summary>
    /// <param name="text">Anything that a client sends.</param>
    /// <param name="cursor">The cursor, if the text is one.</param>
    /// <returns>False if it is damaged.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out StreamCursor cursor)
    {
        cursor = default;
        if (text.Length is <= TimelineLength + 1 or > MaxLength || text[TimelineLength] != '.' || text[..TimelineLength].ContainsAnyExcept(_base62))
            return false;

        var rest = text[(TimelineLength + 1)..];
        var dash = rest.IndexOf('-');
        if (dash < 0 || !TryReadNumber(rest[..dash], out var generation) || generation < 1)
            return false;

        rest = rest[(dash + 1)..];
        var dot = rest.IndexOf('.');
        if (!TryReadNumber(dot < 0 ? rest : rest[..dot], out var offset))
            return false;

        var suffix = dot < 0 ? [] : rest[(dot + 1)..];
        var isBeforeTwin = suffix is "1";
        long? mergedThrough = null;
        if (suffix is ['m', .. var end] && TryReadNumber(end, out var through) && through > offset)
            mergedThrough = through;
        if (dot >= 0 && !isBeforeTwin && mergedThrough is null)
            return false;

        cursor = new StreamCursor(text[..TimelineLength].ToString(), generation, offset, isBeforeTwin, mergedThrough);
        return true;
    }

    /// <summary>Writes the cursor as UTF-8 without allocating.</summary>
    /// <param name="utf8Destination">40 bytes are enough.</param>
    /// <param name="bytesWritten">How many were written.</param>
    /// <returns>False if there is not enough room.</returns>
    public bool TryFormat(Span<byte> utf8Destination, out int bytesWritten)
    {
        var invariant = CultureInfo.InvariantCulture;
        if (MergedThrough is { } end)
            return Utf8.TryWrite(utf8Destination, invariant, $"{Timeline}.{Generation}-{Offset}.m{end}", out bytesWritten);

        return BeforeTwin
            ? Utf8.TryWrite(utf8Destination, invariant, $"{Timeline}.{Generation}-{Offset}.1", out bytesWritten)
            : Utf8.TryWrite(utf8Destination, invariant, $"{Timeline}.{Generation}-{Offset}", out bytesWritten);
    }

    /// <summary>Writes the cursor as clients get it.</summary>
    /// <returns>At most 40 characters, within the limits of <see cref="MaxLength"/>.</returns>
    public override string ToString()
    {
        var place = string.Create(CultureInfo.InvariantCulture, $"{Timeline}.{Generation}-{Offset}");
        if (MergedThrough is { } end)
            return string.Create(CultureInfo.InvariantCulture, $"{place}.m{end}");

        return BeforeTwin ? place + ".1" : place;
    }

    // No sign, no blank, no leading zero: each cursor has one spelling.
    private static bool TryReadNumber(ReadOnlySpan<char> text, out long number)
    {
        number = 0;
        // The parser of .NET overlooks trailing U+0000.
        return (text.Length == 1 || !text.StartsWith('0')) && !text.Contains('\0') && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }
}
