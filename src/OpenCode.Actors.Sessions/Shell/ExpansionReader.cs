namespace OpenCode.Actors.Sessions.Shell;

/// <summary>Reads expansions, which begin with <c>$</c> or a backtick, and the commands in them.</summary>
internal sealed class ExpansionReader(ShellReading reading, ShellCursor cursor)
{
    /// <summary>Reads an expansion that begins here.</summary>
    public void Read(WordBuilder word, bool isQuoted)
    {
        if (cursor.Skip("`"))
            ReadBackticks(isQuoted);
        else if (cursor.IsAt("$(("))
        {
            cursor.Enter();
            ReadDoubleParenthesis();
            cursor.Leave();
        }
        else if (cursor.Skip("$("))
            ReadCommands(")");
        else if (cursor.Skip("$["))
            ReadExpression("[", "]");
        else if (cursor.Skip("${"))
        {
            if (ReadParameter(isQuoted) is { } name)
            {
                word.AddVariable(name, isQuoted);
                return;
            }
        }
        else
        {
            ReadSimple(word, isQuoted);
            return;
        }

        word.AddUnknown(isQuoted);
    }

    /// <summary>Reads one character, or one expansion, of a double-quoted text or of a here-document.</summary>
    public void ReadQuoted(WordBuilder word, bool isDocument)
    {
        switch (cursor.Current)
        {
            case '\\':
                if (cursor.SkipContinuation())
                    return;
                cursor.Read();
                if (cursor.Current is not ('$' or '`' or '\\') && !(cursor.Current == '"' && !isDocument))
                    word.Add('\\', isQuoted: true);
                else
                    word.Add(cursor.Read(), isQuoted: true);
                break;
            case '$' or '`':
                Read(word, isQuoted: true);
                break;
            default:
                word.Add(cursor.Read(), isQuoted: true);
                break;
        }
    }

    /// <summary>Reads commands up to a closing mark, which is read too.</summary>
    public void ReadCommands(string close)
    {
        cursor.Enter();
        new ShellParser(reading, cursor).ReadNested(close);
        cursor.Leave();
    }

    /// <summary>Reads an arithmetic text up to the mark that closes it, which is read too.</summary>
    public void ReadExpression(string open, string close)
    {
        var start = cursor.Position;
        if (!TryReadExpression(open[0], close[0]))
            throw cursor.Wrong($"'{close}' is missing");
        reading.AddExpression(cursor.From(start)[..^1]);
    }

    /// <summary>Reads <c>((…))</c> from behind its second parenthesis. bash takes it for arithmetic when the parenthesis that closes the second is followed by another.</summary>
    /// <returns>Whether it was; if not, nothing was read.</returns>
    public bool TryReadArithmetic()
    {
        var start = cursor.Position;
        var before = reading.Mark();
        if (TryReadExpression('(', ')') && cursor.Current == ')')
        {
            reading.AddExpression(cursor.From(start)[..^1]);
            cursor.Position++;
            return true;
        }

        // To be read again as commands, and so may be what is nested in it: only so often, since each level doubles the work.
        if (!reading.Return(before))
            throw cursor.Wrong("there are too many '((' that are no arithmetic");
        cursor.Position = start;
        return false;
    }

    private void ReadDoubleParenthesis()
    {
        cursor.Position += 3;
        if (TryReadArithmetic())
            return;
        cursor.Position--;
        ReadCommands(")");
    }

    private bool TryReadExpression(char open, char close)
    {
        var words = new WordBuilder();
        for (var level = 1; level > 0;)
        {
            if (cursor.IsAtEnd)
                return false;
            if (cursor.Current == open || cursor.Current == close)
                level += cursor.Read() == open ? 1 : -1;
            else if (cursor.Current is '\'' or '"')
                ReadQuotedIn(words);
            else
                ReadQuoted(words, isDocument: true);
        }

        return true;
    }

    private void ReadQuotedIn(WordBuilder words)
    {
        if (cursor.Read() == '"')
        {
            while (!cursor.Skip("\""))
                ReadQuoted(words, isDocument: false);
            return;
        }

        while (cursor.Read() != '\'')
        {
        }
    }

    // Behind ${. A name alone is a variable; all else is unknown, but the commands in it are read.
    private string? ReadParameter(bool isQuoted)
    {
        if (cursor.Current is ' ' or '\t' or '\n' or '|')
            throw cursor.Wrong("a substitution by '${ ' is not understood");

        var start = cursor.Position;
        var words = new WordBuilder();
        cursor.Enter();
        while (!cursor.Skip("}"))
        {
            // Single quotes are text inside double quotes, except in patterns: what can be read in two ways is not understood.
            if (isQuoted && (cursor.Current == '\'' || cursor.IsAt("$'")))
                throw cursor.Wrong("a quote in an expansion can be read in two ways");
            if (cursor.Skip("$'"))
                AnsiQuotes.Read(cursor);
            else if (cursor.Current is '\'' or '"')
                ReadQuotedIn(words);
            else if (cursor.IsAt("<(") || cursor.IsAt(">("))
            {
                cursor.Position += 2;
                ReadCommands(")");
            }
            else if (cursor.Current == '\\' && !isQuoted)
                cursor.Position += 2;
            else
                ReadQuoted(words, isDocument: false);
        }

        cursor.Leave();
        var content = cursor.From(start)[..^1];
        if (content.Length == 0)
            throw cursor.Wrong("'${}' names nothing");
        if (ShellNames.IsName(content))
            return content;
        ReadOperators(content);
        return null;
    }

    // What an expansion does beside giving a value.
    private void ReadOperators(string content)
    {
        var start = content[0] is '!' or '#' ? 1 : 0;
        var name = content.Substring(start, ShellNames.LengthOf(content.AsSpan(start)));
        var rest = content[(start + name.Length)..];
        if (rest.StartsWith('[') && rest.LastIndexOf(']') is > 0 and var close)
        {
            if (rest[1..close] is not ("@" or "*"))
                reading.AddExpression(rest[1..close]);
            rest = rest[(close + 1)..];
        }

        if (rest is ['@', .., 'P'])
            reading.AddPuzzle($"${{{content}}}"); // Its value as a prompt: the commands in it are run.
        if (content[0] == '!')
            reading.AddExpression(name); // The variable that this one names, with its subscript.
        if (rest is [':', not ('-' or '=' or '?' or '+'), ..])
            reading.AddExpression(rest[1..]);
        if (rest.StartsWith(":=", StringComparison.Ordinal) || rest.StartsWith('='))
            reading.AddLoop(name, [ShellWord.Unknown(content)]);
    }

    private void ReadBackticks(bool isQuoted)
    {
        var inner = new System.Text.StringBuilder();
        while (cursor.Read() is var next && next != '`')
        {
            if (next == '\\' && cursor.Current == '"' && isQuoted)
                throw cursor.Wrong("a quote in backticks can be read in two ways");
            if (next == '\\' && cursor.Current is ('`' or '\\' or '$'))
                next = cursor.Read();
            inner.Append(next);
        }

        new ShellParser(reading, new ShellCursor(inner.ToString(), cursor.Depth + 1)).ReadAll();
    }

    private void ReadSimple(WordBuilder word, bool isQuoted)
    {
        cursor.Read();
        var start = cursor.Position;
        if (char.IsAsciiDigit(cursor.Current) || (!cursor.IsAtEnd && "@*#?-$!".Contains(cursor.Current, StringComparison.Ordinal)))
        {
            cursor.Read();
            word.AddUnknown(isQuoted);
            return;
        }

        while (char.IsAsciiLetterOrDigit(cursor.Current) || cursor.Current == '_')
            cursor.Position++;
        if (cursor.Position > start)
            word.AddVariable(cursor.From(start), isQuoted);
        else
            word.Add('$', isQuoted: true);
    }
}
