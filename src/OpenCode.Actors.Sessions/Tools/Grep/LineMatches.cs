using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using OpenCode.Actors.Protocol.Texts;
using OpenCode.Actors.Sessions.Files;

namespace OpenCode.Actors.Sessions.Tools.Grep;

/// <summary>The lines that an expression matches, a hundred at most.</summary>
internal sealed class LineMatches
{
    private const int MostMatches = 100;
    private const int MostShownOfLine = 500;
    private const int ProbedBytes = 8 * 1024;
    private const int LongestLine = 64 * 1024;

    private static readonly TimeSpan _matchTimeout = TimeSpan.FromSeconds(1);

    private readonly Regex _expression;
    private readonly CancellationToken _cancellationToken;
    private readonly StringBuilder _text = new();
    private int _unread;

    /// <summary>Reads an expression.</summary>
    /// <exception cref="ToolRefusedException">It cannot be read.</exception>
    public LineMatches(string pattern, CancellationToken cancellationToken)
    {
        _cancellationToken = cancellationToken;
        try
        {
            _expression = Compile(pattern);
        }
        catch (ArgumentException e)
        {
            throw new ToolRefusedException($"The regular expression cannot be read: {e.Message} Put a backslash before signs that are meant as they are.", e);
        }
    }

    /// <summary>Gets how many lines matched.</summary>
    public int Count { get; private set; }

    /// <summary>Gets a value indicating whether no more are taken.</summary>
    public bool IsFull => Count >= MostMatches;

    /// <summary>Looks through a file. A binary one, or one that cannot be read, has no matches.</summary>
    public void Look(IFileTree files, string path)
    {
        try
        {
            using var file = files.Open(path);
            var start = new byte[ProbedBytes];
            var isText = FileReader.IsText(start.AsSpan(0, file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)));
            file.Seek(0, SeekOrigin.Begin);
            if (isText)
                Look(new StreamReader(file), path);
        }
        catch (IOException)
        {
            _unread++;
        }
    }

    /// <summary>Returns what was found.</summary>
    /// <param name="isCut">Whether there may be more.</param>
    public string Render(bool isCut)
    {
        if (Count == 0)
            _text.Append("No line matches.\n");
        if (isCut)
            _text.Append(CultureInfo.InvariantCulture, $"\n(These are {Count} lines, and there may be more. Give a narrower path, 'include' or pattern to see others.)\n");
        if (_unread > 0)
            _text.Append(CultureInfo.InvariantCulture, $"\n({_unread} files could not be read.)\n");
        return _text.ToString();
    }

    // Without backtracking where the expression allows it: then a line costs its length, whatever a model wrote.
    private static Regex Compile(string pattern)
    {
        try
        {
            return new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (NotSupportedException)
        {
            return new Regex(pattern, RegexOptions.CultureInvariant, _matchTimeout);
        }
    }

    private void Look(StreamReader text, string path)
    {
        var line = new StringBuilder();
        var number = 1;
        var isNamed = false;
        var buffer = new char[ProbedBytes];
        for (int read; !IsFull && (read = text.Read(buffer)) > 0;)
        {
            _cancellationToken.ThrowIfCancellationRequested();
            for (var rest = buffer.AsSpan(0, read); !rest.IsEmpty && !IsFull;)
            {
                var end = rest.IndexOf('\n');
                var piece = end < 0 ? rest : rest[..end];
                line.Append(piece[..Math.Min(piece.Length, Math.Max(0, LongestLine - line.Length))]); // The rest of a longer line is not looked at.
                if (end < 0)
                    break;

                Take(path, number++, line, ref isNamed);
                rest = rest[(end + 1)..];
            }
        }

        if (line.Length > 0 && !IsFull)
            Take(path, number, line, ref isNamed);
    }

    private void Take(string path, int number, StringBuilder text, ref bool isNamed)
    {
        var line = text.ToString().TrimEnd('\r');
        text.Clear();
        try
        {
            if (!_expression.IsMatch(line))
                return;
        }
        catch (RegexMatchTimeoutException e)
        {
            throw new ToolRefusedException($"The expression took more than {_matchTimeout.TotalSeconds:0} s on line {number} of {path}. Write it without nested repetitions.", e);
        }

        if (!isNamed)
            _text.Append(_text.Length == 0 ? "" : "\n").Append(path).Append(":\n");
        isNamed = true;
        Count++;
        _text.Append(CultureInfo.InvariantCulture, $"  {number}: ").Append(TextCut.Start(line, MostShownOfLine, "…")).Append('\n');
    }
}
