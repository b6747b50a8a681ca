namespace OpenCode.Actors.Sessions.Shell;

/// <summary>What builtins of the shell run or change, beside those that take a command.</summary>
internal static class Builtins
{
    /// <summary>Finds what a builtin runs; null when it is no such builtin.</summary>
    public static Inner? InnerOf(string name, List<ShellWord> arguments) => name switch
    {
        "." or "source" or "fc" or "bind" or "complete" or "compgen" or "callback" => Inner.Unknown,
        "alias" => arguments.Exists(static word => word.Value is null or ['-', ..] || word.Value.Contains('=', StringComparison.Ordinal)) ? Inner.Unknown : Inner.None,
        "hash" or "enable" => Unless(arguments.TrueForAll(static word => word.Value is { } value && !value.StartsWith("-p", StringComparison.Ordinal) && !value.StartsWith("-f", StringComparison.Ordinal))),
        "mapfile" or "readarray" => Unless(arguments.TrueForAll(static word => word.Value is { } value && !value.StartsWith("-C", StringComparison.Ordinal))),
        "shopt" => Unless(arguments.TrueForAll(static word => word.Value is { } value && value is not ("extglob" or "expand_aliases"))),
        "set" => Unless(arguments.TrueForAll(static word => word.Value is not (null or "-H" or "history" or "histexpand"))),
        "trap" => OfTrap(arguments),
        "git" => OfGit(arguments),
        "test" or "[" => Unless(!arguments.Exists(static word => word.Value is "-v" or "-R") || arguments.TrueForAll(IsPlainName)),
        "unset" or "let" or "read" or "getopts" or "wait" => Unless(arguments.TrueForAll(IsPlainName)),
        "printf" => Unless(arguments is not [{ Value: null or ['-', 'v', ..] }, ..] || (arguments.Count > 1 && arguments[0].Value is not null && arguments[..2].TrueForAll(IsPlainName))),
        "export" or "declare" or "typeset" or "local" or "readonly" => Unless(arguments.TrueForAll(IsHarmlessSetting)),
        _ => null,
    };

    private static Inner Unless(bool isHarmless) => isHarmless ? Inner.None : Inner.Unknown;

    // The subscript of an array is arithmetic, and runs what it says.
    private static bool IsPlainName(ShellWord word) => word.Value is { } value && !value.Contains('[', StringComparison.Ordinal) | value == "[" && !value.Contains('$', StringComparison.Ordinal);

    private static bool IsHarmlessSetting(ShellWord word)
    {
        if (word.Pieces.Count == 0 || word.Pieces[0] is not { Kind: PieceKind.Text } first || first.Text.Contains('[', StringComparison.Ordinal))
            return false;
        if (first.Text.StartsWith('-'))
            return first.Text.AsSpan().IndexOfAny('i', 'n') < 0; // Arithmetic, and names of other variables.
        return !Settings.RunsCommands(first.Text[..ShellNames.LengthOf(first.Text)]);
    }

    private static Inner OfTrap(List<ShellWord> arguments)
    {
        if (arguments.Count > 0 && arguments[0].Value == "--")
            arguments = arguments[1..];
        return arguments.Count < 2 || arguments[0].Value is "-l" or "-p" or "-" or "" ? Inner.None : Inner.OfLine(arguments[0].Value);
    }

    private static Inner? OfGit(List<ShellWord> arguments)
    {
        if (arguments.Exists(static word => word.Value is "-c" or "--exec" or "-x"))
            return Inner.Unknown; // Settings may name commands, such as a pager.
        var words = arguments.SkipWhile(static word => word.Value is ['-', ..]).Select(static word => word.Value ?? "").ToList();
        return words switch
        {
            ["config", .. var rest] when rest.Where(static word => !word.StartsWith('-')).Skip(1).Any() && !Settings.IsHarmlessGitSetting(rest) => Inner.Unknown,
            ["submodule", "foreach", ..] or ["filter-branch", ..] => Inner.Unknown,
            _ => null,
        };
    }
}
