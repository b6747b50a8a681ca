using System.Text;
using OpenCode.Actors.Protocol.Texts;

namespace OpenCode.Actors.Sessions.Tools.Outputs;

/// <summary>The end of a text that grows: errors stand at the end of an output. Memory is bounded by the limits.</summary>
/// <param name="maxCharacters">How many characters are kept (UTF-16 code units).</param>
/// <param name="maxLines">How many lines are kept.</param>
internal sealed class TailText(int maxCharacters = TailText.MostCharacters, int maxLines = TailText.MostLines)
{
    /// <summary>How many characters of one output a model gets, as in opencode.</summary>
    public const int MostCharacters = 30_000;

    /// <summary>How many lines of one output a model gets, as in opencode.</summary>
    public const int MostLines = 2_000;

    private readonly StringBuilder _text = new();
    private int _lines;

    /// <summary>Gets a value indicating whether something of the start is gone.</summary>
    public bool IsCut { get; private set; }

    /// <summary>Adds a piece.</summary>
    public void Append(ReadOnlySpan<char> piece)
    {
        _text.Append(piece);
        _lines += piece.Count('\n');

        // Cut in large steps, so that a flood costs what it holds and not what is kept.
        if (_text.Length > 4 * maxCharacters || _lines > 4 * maxLines)
            Cut();
    }

    /// <summary>Returns the end of the text.</summary>
    public string Take()
    {
        Cut();
        return _text.ToString();
    }

    private void Cut()
    {
        var text = _text.ToString();
        var start = TextCut.EndStart(text, maxCharacters);

        // A line feed at the end closes the last line, and begins none.
        for (var (at, lines) = (text.Length - 1, 0); at > start && (at = text.LastIndexOf('\n', at - 1, at - start)) >= 0;)
        {
            if (++lines < maxLines)
                continue;

            start = at + 1;
            break;
        }

        if (start == 0)
            return;

        IsCut = true;
        _text.Remove(0, start);
        _lines = text.AsSpan(start).Count('\n');
    }
}
