using System.Globalization;
using System.Text;
using System.Text.Json;

namespace OpenCode.Actors.Models.Providers;

/// <summary>Reads strings of JSON that end, or begin, in the middle of a character: providers cut an answer between two tokens, and a token may be half an emoji.</summary>
internal static class JsonText
{
    private const int UnitDigits = 4;

    /// <summary>Reads a string and keeps halves of characters.</summary>
    public static string Read(JsonElement text)
    {
        try
        {
            return text.GetString()!;
        }
        catch (InvalidOperationException)
        {
            return Unescape(text.GetRawText().AsSpan()[1..^1]); // It has half a surrogate pair, which is no text for .NET's reader.
        }
    }

    /// <summary>Replaces remaining halves of characters by U+FFFD.</summary>
    public static string WithoutHalves(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));

    // The reader has found the text valid otherwise.
    private static string Unescape(ReadOnlySpan<char> json)
    {
        var text = new StringBuilder(json.Length);
        while (json.IndexOf('\\') is >= 0 and var at)
        {
            text.Append(json[..at]);
            var escape = json[at + 1];
            json = json[(at + 2)..];
            if (escape == 'u')
            {
                text.Append((char)ushort.Parse(json[..UnitDigits], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
                json = json[UnitDigits..];
            }
            else
            {
                text.Append(escape switch { 'b' => '\b', 'f' => '\f', 'n' => '\n', 'r' => '\r', 't' => '\t', _ => escape });
            }
        }

        return text.Append(json).ToString();
    }
}
