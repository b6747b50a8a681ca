namespace OpenCode.Actors.Sessions.Shell;

/// <summary>Finds the commands that <c>find</c> and <c>fd</c> run for the files that they find.</summary>
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
            if (Words(arguments, at + 1, end) is { Count: > 0 } words)
                commands.Add(words);
            at = end;
        }

        // A word that is not known may be -exec.
        return new Inner(commands, IsUnknown: arguments.Exists(static word => word.IsLoose && word.Value is null && word.Pieces[0].Kind is PieceKind.Unknown or PieceKind.Variable));
    }

    /// <summary>Finds the commands behind <c>-x</c> and <c>-X</c> of fd: up to a semicolon, or all that follows.</summary>
    public static Inner InnerOfFd(List<ShellWord> arguments)
    {
        var at = arguments.FindIndex(MayRun);
        if (at < 0)
            return Inner.None;
        if (arguments[at].Value is not ("-x" or "-X" or "--exec" or "--exec-batch"))
            return Inner.Unknown with { Doubtful = arguments[at..] }; // -Hx, -xrm, --exec=rm, and what is not known.
        var end = arguments.FindIndex(at, static word => word.Value == ";");
        var inner = Inner.Of(Words(arguments, at + 1, end < 0 ? arguments.Count : end));
        return end < 0 ? inner : inner with { IsUnknown = end + 1 < arguments.Count };
    }

    private static bool MayRun(ShellWord word) => word.Start switch
    {
        "" => word.Value is null,
        ['-', '-', .. var name] => word.Value is null || name.StartsWith("exec", StringComparison.Ordinal),
        ['-', .. var letters] => word.Value is null || letters.AsSpan().IndexOfAny('x', 'X') >= 0,
        _ => false,
    };

    private static List<ShellWord> Words(List<ShellWord> arguments, int start, int end) => arguments[start..end].ConvertAll(static word =>
        word.Value is null || word.Value.Contains('{', StringComparison.Ordinal) ? ShellWord.Unknown(word.Source) : word);
}
