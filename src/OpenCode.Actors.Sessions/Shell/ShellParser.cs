namespace OpenCode.Actors.Sessions.Shell;

/// <summary>Reads a list of commands: finds each simple command, wherever it is.</summary>
/// <remarks>It takes more for a list than bash does: <c>then</c> without <c>if</c>, say. What bash refuses, it does not run; of what it takes, both see the same commands.</remarks>
internal sealed class ShellParser
{
    private static readonly string[] _operators = ["&&", "||", "|&", "|", "&", ";"];
    private static readonly string[] _caseEnds = [";;&", ";&", ";;"];
    private readonly ShellReading _reading;
    private readonly ShellCursor _cursor;
    private readonly WordReader _words;
    private readonly ExpansionReader _expansions;
    private readonly CompoundReader _compounds;
    private readonly RedirectionReader _redirections;

    public ShellParser(ShellReading reading, ShellCursor cursor)
    {
        (_reading, _cursor) = (reading, cursor);
        _words = new WordReader(reading, cursor);
        _expansions = new ExpansionReader(reading, cursor);
        _compounds = new CompoundReader(reading, cursor, _words, _expansions, this);
        _redirections = new RedirectionReader(cursor, _words);
    }

    /// <summary>Reads to the end of the text.</summary>
    public void ReadAll()
    {
        ReadList();
        if (!_cursor.IsAtEnd || _cursor.HasWaitingDocuments)
            throw _cursor.Wrong("the line cannot be understood from here");
    }

    /// <summary>Reads a list up to a closing mark, which is read too.</summary>
    public void ReadNested(string close)
    {
        // Documents that wait outside would be read inside, at the first line end; and bash and we might differ in where one ends that waits here.
        if (_cursor.HasWaitingDocuments)
            throw _cursor.Wrong("commands behind the mark of a here-document are not understood");
        ReadList();
        if (_cursor.HasWaitingDocuments)
            throw _cursor.Wrong("the here-document does not begin before the end of its commands");
        _cursor.Expect(close);
    }

    /// <summary>Reads a list up to something that is no part of it: the end, <c>)</c>, <c>;;</c> or <c>esac</c>.</summary>
    public void ReadList()
    {
        SkipLines();
        while (ReadCommand())
        {
            _cursor.SkipComment();
            if (_cursor.Current == '\n')
                SkipLines();
            else if (Array.Exists(_caseEnds, _cursor.IsAt))
                return;
            else if (Array.Find(_operators, _cursor.IsAt) is { } separator)
            {
                _cursor.Skip(separator);
                SkipLines();
            }
            else if (!IsAtKeyword())
                return;
        }
    }

    public void SkipLines() => _cursor.SkipLines((document, body) =>
    {
        if (document.IsLiteral)
            return;

        var inner = new ShellCursor(body, _cursor.Depth + 1);
        inner.Enter();
        var expansions = new ExpansionReader(_reading, inner);
        var words = new WordBuilder();
        while (!inner.IsAtEnd)
            expansions.ReadQuoted(words, isDocument: true);
    });

    // Returns whether there was one.
    private bool ReadCommand()
    {
        _cursor.SkipComment();
        if (_cursor.IsAt("(("))
        {
            _cursor.Position += 2;
            if (_expansions.TryReadArithmetic())
                return ReadEnd();
            _cursor.Position -= 2;
        }

        if (_cursor.Skip("("))
        {
            _cursor.Enter();
            ReadList();
            _cursor.Expect(")");
            _cursor.Leave();
            return ReadEnd();
        }

        if (!_words.IsAtWord && !_redirections.IsAtRedirection)
            return false;
        return ReadKeyword() switch
        {
            Keyword.None => ReadSimple(),
            Keyword.Ends => false,
            Keyword.Opens => ReadCommandAgain(),
            _ => ReadEnd(),
        };
    }

    private bool ReadCommandAgain()
    {
        _cursor.Enter();
        SkipLines();
        ReadCommand();
        _cursor.Leave();
        return true;
    }

    // Behind a command that has an end of its own: only redirections of the whole.
    private bool ReadEnd()
    {
        for (_cursor.SkipBlanks(); _redirections.IsAtRedirection; _cursor.SkipBlanks())
            _reading.Add(_redirections.Read());
        if (_words.IsAtWord && !IsAtKeyword())
            throw _cursor.Wrong("a word stands where a command has ended");
        return true;
    }

    private bool IsAtKeyword()
    {
        if (_cursor.IsAtEnd)
            return false;
        var start = _cursor.Position;
        var length = 0;
        while (char.IsAsciiLetter(_cursor.Peek(length)))
            length++;
        _cursor.Position += Math.Max(length, 1);
        var word = _cursor.From(start);
        var isWhole = !_words.IsInWord;
        _cursor.Position = start;
        return isWhole && word is "then" or "do" or "else" or "elif" or "fi" or "done" or "esac" or "}";
    }

    private Keyword ReadKeyword()
    {
        var start = _cursor.Position;
        while (_words.IsInWord && _cursor.Current is (>= 'a' and <= 'z') or '{' or '}' or '!' or '[')
            _cursor.Position++;
        var word = _words.IsInWord || _cursor.Position == start ? "" : _cursor.From(start);
        switch (word)
        {
            case "!" or "if" or "then" or "elif" or "else" or "while" or "until" or "do" or "{":
                return word == "!" && _cursor.Current == '(' ? throw _cursor.Wrong("'!(' can be read in two ways") : Keyword.Opens;
            case "fi" or "done" or "}":
                return Keyword.Closes;
            case "time":
                ReadTimeOptions();
                return Keyword.Opens;
            case "for" or "select":
                _compounds.ReadFor();
                return Keyword.Opens;
            case "case":
                _compounds.ReadCase();
                return Keyword.Closes;
            case "[[":
                _compounds.ReadCondition();
                return Keyword.Closes;
            case "function":
                _compounds.ReadFunction();
                return Keyword.Opens;
            case "coproc":
                _compounds.ReadCoprocess();
                return Keyword.Opens;
            default:
                _cursor.Position = start;
                return word == "esac" ? Keyword.Ends : Keyword.None;
        }
    }

    private void ReadTimeOptions()
    {
        for (_cursor.SkipBlanks(); _cursor.IsAt("-p") || _cursor.IsAt("--"); _cursor.SkipBlanks())
        {
            _cursor.Position += 2;
            if (_words.IsInWord)
            {
                _cursor.Position -= 2;
                return;
            }
        }
    }

    private bool ReadSimple()
    {
        var start = _cursor.Position;
        var place = _reading.Next;
        var end = start;
        var words = new List<ShellWord>();
        var assignments = new List<ShellAssignment>();
        var redirections = new List<ShellRedirection>();
        for (; ; _cursor.SkipBlanks())
        {
            if (_redirections.IsAtRedirection)
                redirections.Add(_redirections.Read());
            else if (_words.IsAtWord)
            {
                var word = _words.Read(mayAssign: words.Count == 0);
                if (AssignmentReader.Read(word, _cursor, _words, _expansions, this) is { } assignment && (words.Count == 0 || assignment.Value is null))
                    assignments.Add(assignment);
                else
                    words.Add(word);
                if (words.Count == 1 && assignments.Count == 0 && redirections.Count == 0 && _compounds.ReadFunctionBrackets(word))
                    return ReadCommandAgain();
            }
            else
                break;
            end = _cursor.Position;
        }

        var position = _cursor.Position;
        _cursor.Position = end;
        _reading.Add(place, new ShellCommand(_cursor.From(start), words, assignments, redirections));
        _cursor.Position = position;
        return true;
    }

    private enum Keyword
    {
        None,
        Opens,
        Closes,
        Ends,
    }
}
