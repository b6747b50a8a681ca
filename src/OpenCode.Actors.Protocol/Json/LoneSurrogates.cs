using System.Globalization;

namespace OpenCode.Actors.Protocol.Json;

/// <summary>Halves of surrogate pairs in JSON text. JavaScript writes them (<c>"\ud83d"</c>); they are no character, and .NET reads no string that has one.</summary>
public static class LoneSurrogates
{
    private const int EscapeBytes = 6;
    private const byte SurrogateLead = 0xED; // of U+D800 to U+DFFF, which UTF-8 does not have

    /// <summary>Puts U+FFFD in the place of each half, which takes as many bytes.</summary>
    /// <param name="json">A piece of JSON text; it is changed.</param>
    /// <param name="isLast">Whether nothing follows.</param>
    /// <returns>How many bytes are decided. What is behind them has to come again, with what follows it.</returns>
    public static int Replace(Span<byte> json, bool isLast)
    {
        var at = 0;
        while (json[at..].IndexOfAny((byte)'\\', SurrogateLead) is >= 0 and var next)
        {
            at += next;
            var length = json[at] == SurrogateLead ? ReplaceEncoded(json[at..], isLast) : ReplaceEscaped(json[at..], isLast);
            if (length == 0)
                return isLast ? json.Length : at;

            at += length;
        }

        return json.Length;
    }

    // 0: more bytes are needed.
    private static int ReplaceEncoded(Span<byte> text, bool isLast)
    {
        if (text.Length < 3)
            return isLast ? 1 : 0;
        if (text[1] is < 0xA0 or > 0xBF || text[2] is < 0x80 or > 0xBF)
            return 1;

        "\uFFFD"u8.CopyTo(text);
        return 3;
    }

    private static int ReplaceEscaped(Span<byte> text, bool isLast)
    {
        if (text.Length < 2)
            return 0;
        if (text[1] != 'u')
            return 2;
        if (text.Length < EscapeBytes)
            return 0;
        if (!TryRead(text, out var unit) || !char.IsSurrogate(unit))
            return 2;

        if (char.IsHighSurrogate(unit))
        {
            var rest = text[EscapeBytes..];
            var mayFollow = (rest.Length < 1 || rest[0] == '\\') && (rest.Length < 2 || rest[1] == 'u');
            if (mayFollow && rest.Length < EscapeBytes && !isLast)
                return 0;
            if (rest.Length >= EscapeBytes && TryRead(rest, out var low) && char.IsLowSurrogate(low))
                return 2 * EscapeBytes;
        }

        "fffd"u8.CopyTo(text[2..]);
        return EscapeBytes;
    }

    private static bool TryRead(ReadOnlySpan<byte> escape, out char unit)
    {
        unit = default;
        if (!escape.StartsWith("\\u"u8) || !ushort.TryParse(escape[2..EscapeBytes], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code))
            return false;

        unit = (char)code;
        return true;
    }
}
