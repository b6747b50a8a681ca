using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace OpenCode.Actors.Models.Anthropic;

/// <summary>Keeps large texts out of the package's types, which make JSON of a text at each level that it is in: a mark stands for them until the JSON is whole.</summary>
/// <param name="smallest">The length from which on a text is large.</param>
internal sealed class LargeTexts(int smallest = 64 * 1024)
{
    /// <summary>The start of each mark.</summary>
    public const string Mark = "large-text-of-this-request-";

    private const int Segment = 16 * 1024;

    // Base64 has a '+', which the strict encoder escapes, and whatever reads it has to undo.
    private static readonly JsonWriterOptions _asItIs = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly List<ReadOnlyMemory<char>> _texts = [];

    /// <summary>Gives a text, or the mark of a large one. Marks have to stand in the JSON in the order in which they were given.</summary>
    public string Take(ReadOnlyMemory<char> text)
    {
        if (text.Length < smallest)
            return text.ToString();

        _texts.Add(text);
        return $"{Mark}{_texts.Count - 1}";
    }

    /// <summary>Puts the texts in the place of their marks.</summary>
    /// <returns>The JSON; null when a text of the conversation begins like a mark.</returns>
    public JsonElement? Restore(JsonElement json)
    {
        if (_texts.Count == 0)
            return json;

        ReadOnlySpan<byte> rest = Encoding.UTF8.GetBytes(json.GetRawText());
        if (rest.Count(Encoding.UTF8.GetBytes($"\"{Mark}")) != _texts.Count)
            return null;

        var restored = new ArrayBufferWriter<byte>(rest.Length + _texts.Sum(static text => text.Length) + (4 * Segment));
        using var writer = new Utf8JsonWriter(restored, _asItIs);
        for (var i = 0; i < _texts.Count; i++)
        {
            var mark = Encoding.UTF8.GetBytes($"\"{Mark}{i}\"");
            var at = rest.IndexOf(mark);
            restored.Write(rest[..at]);
            Write(writer, _texts[i].Span);
            rest = rest[(at + mark.Length)..];
        }

        restored.Write(rest);
        return JsonDocument.Parse(restored.WrittenMemory).RootElement; // Unlike JsonElement.Parse, it does not copy the bytes.
    }

    // In segments, as the writer asks for three times as much room as a text may take.
    private static void Write(Utf8JsonWriter writer, ReadOnlySpan<char> text)
    {
        for (; text.Length > Segment; text = text[Segment..])
        {
            writer.WriteStringValueSegment(text[..Segment], isFinalSegment: false);
            writer.Flush();
        }

        writer.WriteStringValueSegment(text, isFinalSegment: true);
        writer.Flush();
        writer.Reset();
    }
}
