using OpenCode.Actors.Protocol.Texts;

namespace OpenCode.Actors.Sessions.Tools.Outputs;

/// <summary>The end of a text that grows: errors stand at the end of an output. Memory is bounded by the limits, and a flood leaves no garbage.</summary>
/// <param name="maxCharacters">How many characters are kept (UTF-16 code units).</param>
/// <param name="maxLines">How many lines are kept.</param>
internal sealed class TailText(int maxCharacters = TailText.MostCharacters, int maxLines = TailText.MostLines)
{
    /// <summary>How many characters of one output a model gets, as in opencode.</summary>
    public const int MostCharacters = 30_000;

    /// <summary>How many lines of one output a model gets, as in opencode.</summary>
    public const int MostLines = 2_000;

    private const int FirstRoom = 1024;

    private char[] _buffer = [];
    private int _length;
    private int _lines;

    /// <summary>Gets a value indicating whether something of the start is gone.</summary>
    public bool IsCut { get; private set; }

    // Cut in large steps, so that a flood costs what it holds and not what is kept.
    private int Most => 4 * maxCharacters;

    /// <summary>Adds a piece.</summary>
    public void Append(ReadOnlySpan<char> piece)
    {
        while (!piece.IsEmpty)
        {
            if (_length == Most || _lines > 4 * maxLines)
                Cut();
            var next = piece[..Math.Min(piece.Length, Most - _length)];
            if (_length + next.Length > _buffer.Length)
                Array.Resize(ref _buffer, Math.Min(Most, Math.Max(_length + next.Length, Math.Max(FirstRoom, 2 * _buffer.Length))));
            next.CopyTo(_buffer.AsSpan(_length));
            _length += next.Length;
            _lines += next.Count('\n');
            piece = piece[next.Length..];
        }
    }

    /// <summary>Returns the end of the text.</summary>
    public string Take()
    {
        Cut();
        return new string(_buffer, 0, _length);
    }

    private void Cut()
    {
        ReadOnlySpan<char> text = _buffer.AsSpan(0, _length);
        var start = TextCut.EndStart(text, maxCharacters);

        // A line feed at the end closes the last line, and begins none.
        for (var (at, lines) = (text.Length - 1, 0); at > start && text[start..at].LastIndexOf('\n') is >= 0 and var found;)
        {
            at = start + found;
            if (++lines < maxLines)
                continue;

            start = at + 1;
            break;
        }

        if (start == 0)
            return;

        IsCut = true;
        text = text[start..];
        text.CopyTo(_buffer);
        _length = text.Length;
        _lines = text.Count('\n');
    }
}
