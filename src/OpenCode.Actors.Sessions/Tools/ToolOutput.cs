using System.Text;

namespace OpenCode.Actors.Sessions.Tools;

/// <summary>Folds the bytes of a command into text: UTF-8 over the borders of chunks, bytes that are none as U+FFFD, and no more than a limit. Control characters stay.</summary>
internal sealed class ToolOutput(int maxCharacters)
{
    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();
    private readonly StringBuilder _text = new();

    /// <summary>Gets a value indicating whether there was more than the limit.</summary>
    public bool Truncated { get; private set; }

    /// <summary>Gets the text so far; where it was cut, it ends with a line that says so.</summary>
    public string Text => Truncated ? $"{_text}\n\n[Output cut: only its first {maxCharacters} characters are kept.]" : _text.ToString();

    /// <summary>Adds what was read next.</summary>
    /// <returns>Whether <see cref="Text"/> has changed.</returns>
    public bool Append(ReadOnlySpan<byte> bytes) => Append(bytes, flush: false);

    /// <summary>There is no more: a character that was begun will not be finished.</summary>
    /// <returns>Whether <see cref="Text"/> has changed.</returns>
    public bool Complete() => Append([], flush: true);

    private bool Append(ReadOnlySpan<byte> bytes, bool flush)
    {
        if (Truncated)
            return false;

        // Bytes are never fewer than characters: a piece at a time that is little more than there is room for, however large the chunk.
        var changed = false;
        Span<char> characters = stackalloc char[1024];
        while (true)
        {
            _decoder.Convert(bytes, characters, flush, out var bytesUsed, out var characterCount, out var completed);
            bytes = bytes[bytesUsed..];
            changed |= characterCount > 0;
            Keep(characters[..characterCount]);
            if (completed || Truncated)
                return changed;
        }
    }

    private void Keep(ReadOnlySpan<char> characters)
    {
        var room = maxCharacters - _text.Length;
        if (characters.Length > room)
        {
            Truncated = true;
            characters = characters[..room];
            if (characters is [.., var last] && char.IsHighSurrogate(last))
                characters = characters[..^1];
        }

        _text.Append(characters);
    }
}
