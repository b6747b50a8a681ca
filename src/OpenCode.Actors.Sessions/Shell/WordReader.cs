using System.Text;

namespace OpenCode.Actors.Sessions.Shell;

/// <summary>Reads the words of a command: removes quotes, and reads the expansions too.</summary>
internal sealed class WordReader(ShellReading reading, ShellCursor cursor)
{
    private const string Ends = " \t\n|&;()<>";
    private readonly ExpansionReader _expansions = new(reading, cursor);

    /// <summary>True if a word begins here, where one may: a comment is none.</summary>
    public bool IsAtWord => IsInWord && cursor.Current != '#';

    /// <summary>True if a word goes on here. <c>&lt;(</c> and <c>&gt;(</c> are part of one too.</summary>
    public bool IsInWord => !cursor.IsAtEnd && (!Ends.Contains(cursor.Current, StringComparison.Ordinal) || IsAtProcess);

    private bool IsAtProcess => cursor.IsAt("<(") || cursor.IsAt(">(");

    /// <summary>Reads a word that begins here.</summary>
    /// <param name="mayAssign">Whether it may be an assignment, whose subscript in brackets holds blanks and all else.</param>
    public ShellWord Read(bool mayAssign = false)
    {
        var start = cursor.Position;
        var word = new WordBuilder();
        while (IsInWord)
        {
            if (mayAssign && cursor.Current == '[' && ShellNames.IsName(cursor.Since(start)))
                ReadSubscript(word);
            else
                ReadPiece(word);
        }

        // Outside of [[ ]] a parenthesis in a word is a pattern of extglob, which is off: bash would refuse it, and with extglob on it would be no command.
        if (cursor.Current == '(' && cursor.Position > start && IsExtendedGlob(cursor.From(start)))
            throw cursor.Wrong("a pattern of extglob is not understood");
        return word.Build(cursor.From(start));
    }

    /// <summary>Reads a word inside <c>[[ ]]</c>, up to blanks: what is an operator elsewhere is text there.</summary>
    public ShellWord ReadCondition()
    {
        var start = cursor.Position;
        var word = new WordBuilder();
        while (!cursor.IsAtEnd && cursor.Current is not (' ' or '\t' or '\n'))
        {
            if (IsInWord)
                ReadPiece(word);
            else
                word.Add(cursor.Read(), isQuoted: true);
        }

        return word.Build(cursor.From(start));
    }

    private static bool IsExtendedGlob(string word) => word[^1] is '?' or '*' or '+' or '@' or '!';

    private void ReadPiece(WordBuilder word)
    {
        switch (cursor.Current)
        {
            case '\\':
                if (cursor.SkipContinuation())
                    break;
                cursor.Read();
                word.Add(cursor.Read(), isQuoted: true);
                break;
            case '\'':
                cursor.Read();
                word.AddQuoted(ReadUntilQuote());
                break;
            case '"':
                cursor.Read();
                ReadDouble(word);
                break;
            case '$' when cursor.Skip("$'"):
                word.AddAnsi(AnsiQuotes.Read(cursor));
                break;
            case '$' when cursor.Skip("$\""):
                ReadDouble(word);
                break;
            case '$' or '`':
                _expansions.Read(word, isQuoted: false);
                break;
            case '<' or '>':
                cursor.Position += 2;
                _expansions.ReadCommands(")");
                word.AddUnknown(isQuoted: true);
                break;
            case '[' when cursor.Peek(1) is ' ' or '\t' or '\n' or ShellCursor.End:
                word.Add(cursor.Read(), isQuoted: true);
                break;
            case '*' or '?' or '[':
                word.AddGlob(cursor.Read());
                break;
            default:
                word.Add(cursor.Read(), isQuoted: false);
                break;
        }
    }

    private string ReadUntilQuote()
    {
        var start = cursor.Position;
        while (cursor.Read() != '\'')
        {
        }

        return cursor.From(start)[..^1];
    }

    private void ReadDouble(WordBuilder word)
    {
        word.AddQuoted("");
        while (!cursor.Skip("\""))
            _expansions.ReadQuoted(word, isDocument: false);
    }

    private void ReadSubscript(WordBuilder word)
    {
        var start = cursor.Position;
        cursor.Read();
        _expansions.ReadExpression("[", "]");
        foreach (var character in cursor.From(start))
            word.Add(character, isQuoted: false);
        if (cursor.Current != '=' && !cursor.IsAt("+="))
            word.AddUnknown(isQuoted: false); // A pattern then, for names of files.
    }
}

/// <summary>Puts a word together.</summary>
internal sealed class WordBuilder
{
    private readonly List<ShellPiece> _pieces = [];
    private readonly StringBuilder _text = new();
    private bool _isQuoted;

    public void Add(char character, bool isQuoted)
    {
        if (isQuoted != _isQuoted)
            Flush();
        _isQuoted = isQuoted;
        _text.Append(character);
    }

    public void AddQuoted(string text)
    {
        Flush();
        _pieces.Add(new ShellPiece(PieceKind.Text, text, IsQuoted: true));
    }

    public void AddAnsi(string? text)
    {
        if (text is null)
            AddUnknown(isQuoted: true);
        else
            AddQuoted(text);
    }

    public void AddVariable(string name, bool isQuoted) => Add(new ShellPiece(PieceKind.Variable, name, isQuoted));

    public void AddGlob(char character) => Add(new ShellPiece(PieceKind.Glob, character.ToString(), IsQuoted: false));

    public void AddUnknown(bool isQuoted) => Add(new ShellPiece(PieceKind.Unknown, "", isQuoted));

    public ShellWord Build(string source)
    {
        Flush();
        if (IsBrace())
            return ShellWord.Unknown(source);
        if (_pieces is [{ Kind: PieceKind.Text, IsQuoted: false } first, ..] && first.Text.StartsWith('~'))
        {
            var slash = first.Text.IndexOf('/', StringComparison.Ordinal);
            var user = slash < 0 ? first.Text[1..] : first.Text[1..slash];
            _pieces[0] = new ShellPiece(PieceKind.Tilde, user, IsQuoted: true);
            if (slash >= 0)
                _pieces.Insert(1, new ShellPiece(PieceKind.Text, first.Text[slash..], IsQuoted: false));
        }

        return new ShellWord(source, _pieces);
    }

    // {a,b} and {1..3} become several words, which is all that is known of them.
    private bool IsBrace()
    {
        var bare = string.Concat(_pieces.Select(static piece => piece is { Kind: PieceKind.Text, IsQuoted: false } ? piece.Text : "x"));
        var open = bare.IndexOf('{', StringComparison.Ordinal);
        var inner = open < 0 || bare.LastIndexOf('}') < open ? "" : bare[open..bare.LastIndexOf('}')];
        return inner.Contains(',', StringComparison.Ordinal) || inner.Contains("..", StringComparison.Ordinal);
    }

    private void Add(ShellPiece piece)
    {
        Flush();
        _pieces.Add(piece);
    }

    private void Flush()
    {
        if (_text.Length == 0)
            return;
        _pieces.Add(new ShellPiece(PieceKind.Text, _text.ToString(), _isQuoted));
        _text.Clear();
    }
}
