using System.Runtime.InteropServices;
using System.Text;

namespace OpenCode.Actors.Sessions.Models;

/// <summary>A piece of a user's message for a model: a text or a file.</summary>
public abstract record UserContent;

/// <summary>A text.</summary>
/// <param name="Text">The text.</param>
public sealed record TextContent(string Text) : UserContent;

/// <summary>A file that is no text: an image, a PDF. A model that does not take its type gets a line of text instead.</summary>
/// <param name="MimeType">Its type, such as <c>image/png</c>.</param>
/// <param name="Filename">Its name, when it has one.</param>
/// <param name="Base64">Its bytes in base64 without white space, as the APIs want them. It may be large and belongs to every step, so it is a slice of the session's own text, not copied and not decoded before a model needs it.</param>
public sealed record FileContent(string MimeType, string? Filename, ReadOnlyMemory<char> Base64) : UserContent
{
    /// <summary>Makes the content of bytes.</summary>
    /// <param name="mimeType">Their type.</param>
    /// <param name="filename">Their name, when they have one.</param>
    /// <param name="data">The bytes.</param>
    public FileContent(string mimeType, string? filename, ReadOnlySpan<byte> data)
        : this(mimeType, filename, Convert.ToBase64String(data).AsMemory())
    {
    }

    /// <summary>Decodes the bytes.</summary>
    /// <returns>New memory each time.</returns>
    public ReadOnlyMemory<byte> Decode()
    {
        // The decoder of UTF-8 works in place: no copy of the text, no second array.
        var bytes = new byte[Base64.Length];
        Encoding.ASCII.GetBytes(Base64.Span, bytes);
        System.Buffers.Text.Base64.DecodeFromUtf8InPlace(bytes, out var count);
        return bytes.AsMemory(0, count);
    }

    /// <summary>Gives the file as a <c>data:</c> URL.</summary>
    /// <returns>The text that <see cref="Base64"/> is the end of, where that is such a URL of this type: nothing is copied. Else new text.</returns>
    public string ToDataUrl()
    {
        var start = $"data:{MimeType};base64,";
        return MemoryMarshal.TryGetString(Base64, out var text, out var at, out var length)
            && at == start.Length && at + length == text.Length && text.StartsWith(start, StringComparison.Ordinal)
            ? text
            : string.Concat(start, Base64.Span);
    }
}
