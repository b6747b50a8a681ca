using System.Text;

namespace OpenCode.Actors.Sessions.Tools.Changes;

/// <summary>The text of a file, with the properties that a change preserves: encoding, byte order mark, line ends.</summary>
/// <param name="Text">The text, with the file's line ends.</param>
/// <param name="Encoding">The encoding.</param>
/// <param name="HasMark">Whether it begins with a byte order mark.</param>
internal sealed record FileText(string Text, Encoding Encoding, bool HasMark)
{
    /// <summary>The largest file that is changed.</summary>
    public const int MostBytes = 16 << 20;

    // Bytes that are no UTF-8 would come back as U+FFFD: then the file is not changed at all.
    private static readonly UTF8Encoding _utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Gets the text of a file that is made new.</summary>
    public static FileText Empty { get; } = new("", _utf8, HasMark: false);

    /// <summary>Gets the line end that most of the text has.</summary>
    public string LineEnd => 2 * Text.AsSpan().Count("\r\n") > Text.AsSpan().Count('\n') ? "\r\n" : "\n";

    /// <summary>Reads the content of a file.</summary>
    /// <exception cref="ToolRefusedException">It is no text.</exception>
    public static FileText Of(string path, byte[] content)
    {
        var (encoding, mark) = content switch
        {
            [0xEF, 0xBB, 0xBF, ..] => ((Encoding)_utf8, 3),
            [0xFF, 0xFE, ..] => (new UnicodeEncoding(bigEndian: false, byteOrderMark: false, throwOnInvalidBytes: true), 2),
            [0xFE, 0xFF, ..] => (new UnicodeEncoding(bigEndian: true, byteOrderMark: false, throwOnInvalidBytes: true), 2),
            _ => (_utf8, 0),
        };
        try
        {
            if (mark == 2 || !content.Contains((byte)0))
                return new FileText(encoding.GetString(content.AsSpan(mark)), encoding, mark > 0);
        }
        catch (DecoderFallbackException)
        {
            // Said below.
        }

        throw new ToolRefusedException($"The file {path} is no UTF-8 text, so it cannot be changed as text. Use a command that keeps its encoding.");
    }

    /// <summary>Converts a text to the line ends of this file. A form feed, or another sign that ends lines for some, is text.</summary>
    public string WithLineEnds(string text) => WithLineFeeds(text).Replace("\n", LineEnd, StringComparison.Ordinal);

    /// <summary>Converts a text to line feeds alone.</summary>
    public static string WithLineFeeds(string text) => text.Replace("\r\n", "\n", StringComparison.Ordinal);

    /// <summary>Returns the content of the file with another text.</summary>
    public byte[] Bytes(string text)
    {
        var mark = HasMark ? Mark() : [];
        var content = new byte[mark.Length + Encoding.GetByteCount(text)];
        mark.CopyTo(content, 0);
        Encoding.GetBytes(text, content.AsSpan(mark.Length));
        return content;
    }

    private byte[] Mark() => Encoding.GetBytes("\uFEFF");
}
