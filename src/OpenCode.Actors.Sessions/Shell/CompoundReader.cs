namespace OpenCode.Actors.Sessions.Shell;

/// <summary>Reads compound commands with a syntax of their own: <c>for</c>, <c>case</c>, <c>[[ ]]</c>, functions, coprocesses.</summary>
internal sealed class CompoundReader(ShellReading reading, ShellCursor cursor, WordReader words, ExpansionReader expansions, ShellParser parser)
{
    private static readonly string[] _opening = ["{", "(", "while", "until", "for", "if", "case", "select", "[["];

    /// <summary>Reads the head of a loop, from behind <c>for</c> or <c>select</c>, up to its list.</summary>
    public void ReadFor()
    {
        cursor.SkipBlanks();
        if (cursor.Skip("(("))
        {
            if (!expansions.TryReadArithmetic())
                throw cursor.Wrong("the head of a loop is not understood");
        }
        else
        {
            var name = words.Read().Source;
            if (!ShellNames.IsName(name))
                throw cursor.Wrong($"'{name}' is no name of a variable");
            reading.AddLoop(name, ReadIn());
        }

        cursor.SkipComment();
        cursor.Skip(";");
    }

    /// <summary>Reads from behind <c>case</c> to behind <c>esac</c>.</summary>
    public void ReadCase()
    {
        cursor.Enter();
        cursor.SkipBlanks();
        words.Read();
        parser.SkipLines();
        Expect("in");
        for (parser.SkipLines(); !SkipWord("esac"); parser.SkipLines())
        {
            cursor.Skip("(");
            ReadPatterns();
            parser.ReadList();
            if (!cursor.Skip(";;&") && !cursor.Skip(";&"))
                cursor.Skip(";;");
        }

        cursor.Leave();
    }

    /// <summary>Reads from behind <c>[[</c> to behind <c>]]</c>.</summary>
    public void ReadCondition()
    {
        var (before, isArithmetic) = ("", false);
        for (SkipConditionBlanks(); !SkipWord("]]"); SkipConditionBlanks())
        {
            var word = words.ReadCondition().Source;
            if (isArithmetic)
                reading.AddExpression(word);

            // Both sides of these are arithmetic, whatever they are; -v takes a name with a subscript.
            isArithmetic = word is "-eq" or "-ne" or "-lt" or "-le" or "-gt" or "-ge" or "-v" or "-R";
            if (isArithmetic)
                reading.AddExpression(before);
            before = word;
        }
    }

    /// <summary>Reads from behind <c>function</c> to its body.</summary>
    public void ReadFunction()
    {
        cursor.SkipBlanks();
        var place = reading.Next;
        var name = words.Read();
        cursor.SkipBlanks();
        if (cursor.Skip("("))
        {
            cursor.SkipBlanks();
            cursor.Expect(")");
        }

        Define(place, name);
    }

    /// <summary>Reads the <c>()</c> behind the first word of a command, which makes it a function.</summary>
    /// <returns>Whether it did; if not, nothing was read.</returns>
    public bool ReadFunctionBrackets(ShellWord name)
    {
        var start = cursor.Position;
        cursor.SkipBlanks();
        if (!cursor.Skip("("))
        {
            cursor.Position = start;
            return false;
        }

        cursor.SkipBlanks();
        cursor.Expect(")");
        Define(reading.Next, name);
        return true;
    }

    /// <summary>Reads the name behind <c>coproc</c>, if it has one.</summary>
    public void ReadCoprocess()
    {
        cursor.SkipBlanks();
        var start = cursor.Position;
        if (!words.IsAtWord)
            return;
        var name = words.Read();
        cursor.SkipBlanks();
        if (!ShellNames.IsName(name.Source) || Array.Exists(_opening, word => word == name.Source) || !Array.Exists(_opening, IsAtWord))
            cursor.Position = start;
    }

    // A function is judged as a command of its own: it may take the name of one that is allowed.
    private void Define(int place, ShellWord name) =>
        reading.Add(place, new ShellCommand($"function {name.Source}", [ShellWord.Of("function", "function"), name], [], []));

    private void SkipConditionBlanks()
    {
        cursor.SkipBlanks();
        if (cursor.Current is '#' or ShellCursor.End)
            throw cursor.Wrong("']]' is missing");
        if (cursor.Current == '\n')
            parser.SkipLines();
    }

    private List<ShellWord> ReadIn()
    {
        parser.SkipLines();
        if (!SkipWord("in"))
            return [ShellWord.Unknown("$@")];

        var values = new List<ShellWord>();
        for (cursor.SkipBlanks(); words.IsAtWord; cursor.SkipBlanks())
            values.Add(words.Read());
        return values;
    }

    private void ReadPatterns()
    {
        do
        {
            cursor.SkipBlanks();
            if (!words.IsAtWord)
                throw cursor.Wrong("a pattern is missing");
            words.Read();
            cursor.SkipBlanks();
        }
        while (cursor.Skip("|"));
        cursor.Expect(")");
    }

    private void Expect(string word)
    {
        if (!SkipWord(word))
            throw cursor.Wrong($"'{word}' is missing");
    }

    private bool IsAtWord(string word)
    {
        var start = cursor.Position;
        var isAt = SkipWord(word);
        cursor.Position = start;
        return isAt;
    }

    private bool SkipWord(string word)
    {
        if (!cursor.IsAt(word))
            return false;
        cursor.Position += word.Length;
        if (word == "(" || !words.IsInWord)
            return true;
        cursor.Position -= word.Length;
        return false;
    }
}
