namespace OpenCode.Actors.Sessions.Shell;

/// <summary>What <c>find</c> runs for the files that it finds.</summary>
internal static class FindProgram
{
    /// <summary>Finds the commands behind <c>-exec</c> and its kind.</summary>
    public static Inner InnerOf(List<ShellWord> arguments)
    {
        var commands = new List<IReadOnlyList<ShellWord>>();
        for (var at = 0; at < arguments.Count; at++)
        {
            if (arguments[at].Value is not ("-exec" or "-execdir" or "-ok" or "-okdir"))
                continue;
            var end = arguments.FindIndex(at, static word => word.Value is ";" or "+");
            if (end < 0)
                return Inner.Unknown;
            var words = arguments[(at + 1)..end].ConvertAll(static word =>
                word.Value is null || word.Value.Contains("{}", StringComparison.Ordinal) ? ShellWord.Unknown(word.Source) : word);
            if (words.Count > 0)
                commands.Add(words);
            at = end;
        }

        // A word that is not known may be -exec.
        return new Inner(commands, IsUnknown: arguments.Exists(static word => word.IsLoose && word.Value is null && word.Pieces[0].Kind is PieceKind.Unknown or PieceKind.Variable));
    }
}
