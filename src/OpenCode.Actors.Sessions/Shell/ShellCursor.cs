namespace OpenCode.Actors.Sessions.Shell;

/// <summary>A place in a text that is read once, from its beginning to its end.</summary>
/// <param name="text">The text.</param>
/// <param name="depth">How deep it is nested in others.</param>
internal sealed class ShellCursor(string text, int depth)
{
    private const int MaxDepth = 60;
    private readonly Queue<HereDocument> _waiting = [];
    private int _depth = depth;

    public const char End = '\0';

    public int Position { get; set; }

    public int Depth => _depth;

    public bool IsAtEnd => Position >= text.Length;

    /// <summary>Gets the next character; <see cref="End"/> behind the last. A text that holds that character is refused before.</summary>
    public char Current => Peek(0);

    public bool HasWaitingDocuments => _waiting.Count > 0;

    public char Peek(int ahead) => Position + ahead < text.Length ? text[Position + ahead] : End;

    public bool IsAt(string expected) => string.CompareOrdinal(text, Position, expected, 0, expected.Length) == 0;

    public string From(int start) => text[start..Position];

    public ReadOnlySpan<char> Since(int start) => text.AsSpan(start, Position - start);

    public bool Skip(string expected)
    {
        if (!IsAt(expected))
            return false;
        Position += expected.Length;
        return true;
    }

    public void Expect(string expected)
    {
        if (!Skip(expected))
            throw Wrong($"'{expected}' is missing");
    }

    public char Read() => IsAtEnd ? throw Wrong("it ends too early") : text[Position++];

    /// <summary>Reads up to a line's end, which is read too and not given.</summary>
    public string ReadLine()
    {
        var end = text.IndexOf('\n', Position);
        var line = end < 0 ? text[Position..] : text[Position..end];
        Position = end < 0 ? text.Length : end + 1;
        return line;
    }

    /// <summary>Skips blanks and line continuations.</summary>
    public void SkipBlanks()
    {
        while (Current is ' ' or '\t' || SkipContinuation())
        {
            if (Current is ' ' or '\t')
                Position++;
        }
    }

    /// <summary>Skips a line continuation. bash puts its lines together before it looks for words and operators: only one beside a blank cannot make new ones.</summary>
    public bool SkipContinuation()
    {
        if (!IsAt("\\\n"))
            return false;
        var before = Position == 0 ? ' ' : text[Position - 1];
        if (before is not (' ' or '\t' or '\n') && Peek(2) is not (' ' or '\t' or '\n' or End))
            throw Wrong("a line continues in the middle of a word");
        Position += 2;
        return true;
    }

    /// <summary>Skips blanks, and a comment where one begins: only where a word could.</summary>
    public void SkipComment()
    {
        SkipBlanks();
        if (Current != '#')
            return;
        while (!IsAtEnd && Current != '\n')
            Position++;
    }

    /// <summary>Skips blanks, comments and line ends; here-documents that wait are read at the first line end.</summary>
    public void SkipLines(Action<HereDocument, string> take)
    {
        for (SkipComment(); Current == '\n'; SkipComment())
        {
            Position++;
            while (_waiting.TryDequeue(out var document))
                take(document, document.ReadBody(this));
        }
    }

    public void Await(HereDocument document) => _waiting.Enqueue(document);

    /// <summary>Goes a level deeper. What is nested deeper than any person writes is not understood: the stack is bounded.</summary>
    public void Enter()
    {
        if (++_depth > MaxDepth)
            throw Wrong("it is nested too deep");
    }

    public void Leave() => _depth--;

    public ShellSyntaxException Wrong(string what) => new($"At character {Position + 1}: {what}.");
}
