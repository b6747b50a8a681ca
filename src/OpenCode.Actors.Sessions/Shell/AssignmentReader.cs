namespace OpenCode.Actors.Sessions.Shell;

/// <summary>Separates assignments from other words, and reads the lists of arrays.</summary>
internal static class AssignmentReader
{
    /// <summary>Makes the assignment of a word that was just read.</summary>
    /// <returns>The assignment; null when the word is none.</returns>
    public static ShellAssignment? Read(ShellWord word, ShellCursor cursor, WordReader words, ExpansionReader expansions, ShellParser parser)
    {
        var name = word.Source[..ShellNames.LengthOf(word.Source)];
        if (name.Length == 0 || OperatorEnd(word.Source, name.Length) is not { } end)
            return null;
        if (end < word.Source.Length || !cursor.Skip("("))
            return new ShellAssignment(name, ValueOf(word, end));

        for (parser.SkipLines(); !cursor.Skip(")"); parser.SkipLines())
        {
            if (cursor.Current == '[')
            {
                cursor.Read();
                expansions.ReadExpression("[", "]");
                if (!words.IsInWord)
                    continue;
            }

            if (!words.IsInWord)
                throw cursor.Wrong("a list of values is not understood");
            words.Read();
        }

        return words.IsInWord ? throw cursor.Wrong("a word follows a list of values") : new ShellAssignment(name, Value: null);
    }

    // Behind = or +=, after a subscript if there is one.
    private static int? OperatorEnd(string source, int start)
    {
        if (start < source.Length && source[start] == '[')
        {
            var equals = source.IndexOf("]=", start, StringComparison.Ordinal);
            var adds = source.IndexOf("]+=", start, StringComparison.Ordinal);
            return equals < 0 && adds < 0 ? null : equals >= 0 && (adds < 0 || equals < adds) ? equals + 2 : adds + 3;
        }

        var end = start + (source.AsSpan(start).StartsWith("+") ? 1 : 0);
        return end < source.Length && source[end] == '=' ? end + 1 : null;
    }

    // The first piece holds the name: a name and its operator are never quoted.
    private static ShellWord ValueOf(ShellWord word, int end)
    {
        if (word.Pieces.Count == 0 || word.Pieces[0] is not { Kind: PieceKind.Text, IsQuoted: false } first || first.Text.Length < end)
            return ShellWord.Unknown(word.Source[end..]);
        return new ShellWord(word.Source[end..], [first with { Text = first.Text[end..] }, .. word.Pieces.Skip(1)]);
    }
}
