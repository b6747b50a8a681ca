using System.Globalization;
using System.Text;
using OpenCode.Actors.Protocol.Texts;

namespace OpenCode.Actors.Sessions.Files;

/// <summary>Lines of a text with their numbers, limited for a model.</summary>
/// <param name="Lines">Each as <c>NUMBER: TEXT</c>, ended by a line feed.</param>
/// <param name="First">The number of the first one; 1 is the first of the text.</param>
/// <param name="Last">The number of the last one; less than <paramref name="First"/> when there is none.</param>
/// <param name="HasMore">Whether the text goes on.</param>
/// <param name="HasLongLines">Whether lines were cut.</param>
internal sealed record NumberedText(string Lines, int First, int Last, bool HasMore, bool HasLongLines)
{
    /// <summary>How many lines are read when nothing else is asked.</summary>
    public const int MostLines = 2_000;

    /// <summary>How much of one line is kept.</summary>
    public const int LongestLine = 2_000;

    /// <summary>How many characters of lines are kept together.</summary>
    public const int MostCharacters = 50 * 1024;

    private const int BufferCharacters = 16 * 1024;

    /// <summary>Gets which lines these are, as a sentence without a full stop.</summary>
    public string Note => (this switch
    {
        { HasMore: true } => $"Lines {First} to {Last}. The file goes on at line {Last + 1}",
        { Last: 0 } => "The file is empty",
        _ when Last < First => $"The file has {Last} lines: there is no line {First}",
        _ => $"Lines {First} to {Last}, the end of the file",
    }) + (HasLongLines ? $". Lines of more than {LongestLine} characters are cut" : "");

    /// <summary>Reads a window of a text.</summary>
    /// <param name="text">The text; read no further than needed.</param>
    /// <param name="first">The first line of the window, from 1.</param>
    /// <param name="count">How many lines it has at most.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static NumberedText Read(TextReader text, int first, int count, CancellationToken cancellationToken)
    {
        var lines = new Window(first, count);
        var buffer = new char[BufferCharacters];
        while (!lines.IsFull && text.Read(buffer) is > 0 and var read)
        {
            cancellationToken.ThrowIfCancellationRequested();
            lines.Add(buffer.AsSpan(0, read));
        }

        return lines.End();
    }

    private sealed class Window(int first, int count)
    {
        private readonly StringBuilder _kept = new();
        private readonly StringBuilder _line = new();
        private int _number = 1;
        private int _last = first - 1;
        private bool _isLineBegun;
        private bool _hasLongLines;

        public bool IsFull { get; private set; }

        public void Add(ReadOnlySpan<char> characters)
        {
            while (!characters.IsEmpty && !IsFull)
            {
                if (_number - first >= count)
                {
                    IsFull = true; // There is at least one character more.
                    return;
                }

                var end = characters.IndexOf('\n');
                Extend(end < 0 ? characters : characters[..end]);
                if (end < 0)
                    return;

                EndLine();
                characters = characters[(end + 1)..];
            }
        }

        public NumberedText End()
        {
            if (_isLineBegun && !IsFull)
                EndLine();
            var isBehindTheEnd = !IsFull && _number <= first;
            return new NumberedText(_kept.ToString(), first, isBehindTheEnd ? _number - 1 : _last, IsFull, _hasLongLines);
        }

        private void Extend(ReadOnlySpan<char> characters)
        {
            _isLineBegun = true;
            if (_number < first)
                return;

            var room = LongestLine + 2 - _line.Length; // One character more, besides the return of CR LF, tells that the line goes on.
            _line.Append(characters[..Math.Min(room, characters.Length)]);
        }

        private void EndLine()
        {
            if (_number >= first)
                Keep();
            _number++;
            _line.Clear();
            _isLineBegun = false;
        }

        private void Keep()
        {
            if (_line is [.., '\r'])
                _line.Length--;
            if (_kept.Length > 0 && _kept.Length + _line.Length > MostCharacters)
            {
                IsFull = true;
                return;
            }

            _kept.Append(CultureInfo.InvariantCulture, $"{_number}: ").Append(TextCut.Start(_line.ToString(), LongestLine, "…")).Append('\n');
            _hasLongLines |= _line.Length > LongestLine;
            _last = _number;
        }
    }
}
