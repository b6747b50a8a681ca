using System.Globalization;
using System.Text;

namespace OpenCode.Actors.Sessions.Shell;

/// <summary>Reads <c>$'…'</c>, whose escapes are those of C.</summary>
internal static class AnsiQuotes
{
    /// <summary>Reads up to the closing quote, which is read too.</summary>
    /// <returns>The text; null when it holds something that bash reads in a way of its own (control characters, bytes above 127).</returns>
    public static string? Read(ShellCursor cursor)
    {
        var text = new StringBuilder();
        var isKnown = true;
        while (cursor.Read() is var next && next != '\'')
        {
            if (next != '\\')
                text.Append(next);
            else if (Escape(cursor) is { } escaped)
                text.Append(escaped);
            else
                isKnown = false;
        }

        return isKnown ? text.ToString() : null;
    }

    private static string? Escape(ShellCursor cursor) => cursor.Read() switch
    {
        'n' => "\n",
        't' => "\t",
        'r' => "\r",
        'a' => "\a",
        'b' => "\b",
        'f' => "\f",
        'v' => "\v",
        'e' or 'E' => "\e",
        var same and ('\\' or '\'' or '"' or '?') => same.ToString(),
        'x' => Number(cursor, 16, 2),
        'u' => Number(cursor, 16, 4),
        'U' => Number(cursor, 16, 8),
        'c' => Control(cursor),
        >= '0' and <= '7' => Octal(cursor),
        var other => "\\" + other,
    };

    // The character after \c may be a backslash, which then takes a second one with it; a quote would end nothing.
    private static string? Control(ShellCursor cursor)
    {
        if (cursor.Read() is '\'' or '\\')
            throw cursor.Wrong("an escape is not understood");
        return null;
    }

    private static string? Octal(ShellCursor cursor)
    {
        cursor.Position--;
        return Number(cursor, 8, 3);
    }

    private static string? Number(ShellCursor cursor, int radix, int most)
    {
        var start = cursor.Position;
        while (cursor.Position - start < most && IsDigit(cursor.Current, radix))
            cursor.Position++;
        var digits = cursor.From(start);
        var value = radix == 8
            ? digits.Aggregate(0L, static (sum, digit) => (sum * 8) + (digit - '0'))
            : long.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var hex) ? hex : 0;
        return value is > 0 and < 128 ? ((char)value).ToString() : null;
    }

    private static bool IsDigit(char character, int radix) => radix == 8 ? character is >= '0' and <= '7' : char.IsAsciiHexDigit(character);
}
