namespace OpenCode.Actors.Sessions.Shell;

/// <summary>Reads redirections.</summary>
internal sealed class RedirectionReader(ShellCursor cursor, WordReader words)
{
    private static readonly string[] _operators = ["&>>", "&>", "<<<", "<<-", "<<", "<&", "<>", ">>", ">&", ">|", "<", ">"];

    /// <summary>True if one begins here: an operator, or a number or <c>{name}</c> just before one.</summary>
    public bool IsAtRedirection
    {
        get
        {
            var ahead = DescriptorLength();
            return cursor.Peek(ahead) is '<' or '>' ? cursor.Peek(ahead + 1) != '(' : ahead == 0 && cursor.IsAt("&>");
        }
    }

    /// <summary>Reads one that begins here.</summary>
    public ShellRedirection Read()
    {
        cursor.Position += DescriptorLength();
        var mark = Array.Find(_operators, cursor.IsAt)!;
        cursor.Skip(mark);
        cursor.SkipBlanks();
        if (!words.IsAtWord)
            throw cursor.Wrong($"'{mark}' has no target");

        var target = words.Read();
        if (mark is "<<" or "<<-")
        {
            if (target.Value is not { } delimiter || target.Source.Contains('$', StringComparison.Ordinal))
                throw cursor.Wrong("the end of a here-document is not understood");
            cursor.Await(new HereDocument(delimiter, target.Source.AsSpan().IndexOfAny('\'', '"', '\\') >= 0, mark == "<<-"));
        }

        return new ShellRedirection(mark, target);
    }

    private int DescriptorLength()
    {
        var length = 0;
        if (cursor.Current == '{')
        {
            length = 1;
            while (char.IsAsciiLetterOrDigit(cursor.Peek(length)) || cursor.Peek(length) == '_')
                length++;
            if (length == 1 || cursor.Peek(length++) != '}')
                return 0;
        }
        else
        {
            while (char.IsAsciiDigit(cursor.Peek(length)))
                length++;
        }

        return cursor.Peek(length) is '<' or '>' ? length : 0;
    }
}
