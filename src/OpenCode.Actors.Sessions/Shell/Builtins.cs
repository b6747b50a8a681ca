namespace OpenCode.Actors.Sessions.Shell;

/// <summary>Finds the commands that builtins of the shell run, and the state that they change; and the commands that git runs.</summary>
internal static class Builtins
{
    /// <summary>Finds what a builtin runs; null when it is no such builtin.</summary>
    public static Inner? InnerOf(string name, List<ShellWord> arguments) => name switch
    {
        "." or "source" or "fc" or "bind" or "complete" or "compgen" or "callback" => Inner.Unknown,
        "alias" => arguments.Exists(static word => word.Value is null or ['-', ..] || word.Value.Contains('=', StringComparison.Ordinal)) ? Inner.Unknown : Inner.None,
        "hash" or "enable" => Unless(!HasOption(arguments, "pf")),
        "mapfile" or "readarray" => Unless(!HasOption(arguments, "C") && arguments.TrueForAll(static word => !Settings.RunsCommands(word.Start))),
        "shopt" => Unless(arguments.TrueForAll(static word => word.Value is { } value && value is not ("extglob" or "expand_aliases"))),
        "set" => Unless(arguments.TrueForAll(static word => word.Value is not (null or "history" or "histexpand")) && !HasOption(arguments, "H")),
        "trap" => OfTrap(arguments),
        "git" => GitCall.InnerOf(arguments),
        "test" or "[" => Unless(!arguments.Exists(static word => word.Value is "-v" or "-R") || arguments.TrueForAll(IsPlainName)),
        "unset" or "let" or "read" or "getopts" or "wait" => Unless(arguments.TrueForAll(IsPlainName)),
        "printf" => Unless(arguments is not [{ Value: null or ['-', 'v', ..] }, ..] || (arguments.Count > 1 && arguments[0].Value is not null && arguments[..2].TrueForAll(IsPlainName))),
        "export" or "declare" or "typeset" or "local" or "readonly" => Unless(arguments.TrueForAll(IsHarmlessSetting)),
        _ => null,
    };

    private static Inner Unless(bool isHarmless) => isHarmless ? Inner.None : Inner.Unknown;

    // A word that is not known may be any option.
    private static bool HasOption(List<ShellWord> arguments, string letters) =>
        arguments.Exists(word => word.Value is null || (word.Value is ['-', .. var option] && option.AsSpan().IndexOfAny(letters) >= 0));

    // The subscript of an array is arithmetic, and runs what it says; and the name may say what is run.
    private static bool IsPlainName(ShellWord word)
    {
        if (word.Value is not { } value || value.Contains('$', StringComparison.Ordinal) || (value != "[" && value.Contains('[', StringComparison.Ordinal)))
            return false;
        var starts = value.StartsWith('-') ? Enumerable.Range(2, Math.Clamp(value.Length - 2, 0, 8)) : [0]; // -vNAME, -raNAME
        return !starts.Any(start => start < value.Length && Settings.RunsCommands(value.Substring(start, ShellNames.LengthOf(value.AsSpan(start)))));
    }

    private static bool IsHarmlessSetting(ShellWord word)
    {
        var start = word.Start;
        if (start.Length == 0 || start.Contains('[', StringComparison.Ordinal))
            return false;
        if (start.StartsWith('-'))
            return start.AsSpan().IndexOfAny('i', 'n') < 0; // Arithmetic, and names of other variables.
        var name = start[..ShellNames.LengthOf(start)];
        return start.Contains('=', StringComparison.Ordinal) ? !Settings.RunsCommands(word) : word.Value is not null && !Settings.RunsCommands(name);
    }

    private static Inner OfTrap(List<ShellWord> arguments)
    {
        if (arguments.Count > 0 && arguments[0].Value == "--")
            arguments = arguments[1..];
        return arguments.Count < 2 || arguments[0].Value is "-l" or "-p" or "-" or "" ? Inner.None : Inner.OfLine(arguments[0].Value);
    }
}
