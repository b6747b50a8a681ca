namespace OpenCode.Actors.Sessions.Shell;

/// <summary>Programs that are given a text, which a shell runs.</summary>
internal static class ShellPrograms
{
    private static readonly string[] _beyondPosix = ["[[", "((", "$'", "$\"", "$[", "<(", ">(", "&>", "|&", "<<<", ";&", "=(", "}>", "}<"];

    /// <summary>Finds what a shell runs: the text behind <c>-c</c>. A script, or what comes over stdin, cannot be seen.</summary>
    public static Inner InnerOf(string shell, List<ShellWord> arguments)
    {
        if (arguments is [{ Value: "--version" or "--help" }])
            return Inner.None;
        var at = 0;
        var hasText = false;
        for (; at < arguments.Count && arguments[at].Value is ['-' or '+', _, ..] option; at++)
        {
            if (option.StartsWith("--", StringComparison.Ordinal) && option is not ("--norc" or "--noprofile" or "--posix" or "--login"))
                return Inner.Unknown;
            if (option.StartsWith("--", StringComparison.Ordinal))
                continue;
            hasText |= option[0] == '-' && option.Contains('c', StringComparison.Ordinal);
            if (option.AsSpan().IndexOfAny('O', 's') >= 0)
                return Inner.Unknown; // -O may switch on other grammar, -s reads stdin.
            if (option.Contains('o', StringComparison.Ordinal))
                at++;
        }

        return hasText && at < arguments.Count && arguments[at].Value is { } text && IsRead(shell, text) ? Inner.OfLine(text) : Inner.Unknown;
    }

    // What bash has beyond POSIX is something else to the others: dash runs the rm of "[[ a && rm b ]]" and of "((rm b))".
    private static bool IsRead(string shell, string text) => shell is "bash" or "rbash"
        || (shell is "sh" or "dash" or "ash" or "ksh" or "mksh" && !Array.Exists(_beyondPosix, mark => text.Contains(mark, StringComparison.Ordinal)) && !HasSubscript(text));

    private static bool HasSubscript(string text)
    {
        for (var at = text.IndexOf('[', StringComparison.Ordinal); at >= 0; at = text.IndexOf('[', at + 1))
        {
            if (at > 0 && text[at - 1] is not (' ' or '\t' or '\n' or ';'))
                return true;
        }

        return false;
    }

    /// <summary>Finds what <c>ssh</c> runs on the other machine. An option may run a command on this one.</summary>
    public static Inner InnerOfSsh(List<ShellWord> arguments)
    {
        const string values = "BbcDEeFIiJLlmOopQRSWw";
        var at = 0;
        for (; at < arguments.Count && arguments[at].Value is ['-', _, ..] option; at++)
        {
            if (option[1] is 'o' or 'F' or 'S')
                return Inner.Unknown;
            if (option.Length == 2 && values.Contains(option[1], StringComparison.Ordinal))
                at++;
        }

        return at + 1 >= arguments.Count ? Inner.None : Inner.OfLine(SeeThrough.Joined(arguments.Skip(at + 1)));
    }

    /// <summary>Finds what other programs run that take a text or words.</summary>
    public static Inner InnerOfOther(string program, List<ShellWord> arguments)
    {
        var text = arguments.FindIndex(static word => word.Value is "-c" or "--command");
        if (text >= 0 && program is not ("watch" or "parallel" or "entr" or "hyperfine"))
            return Inner.OfLine(text + 1 < arguments.Count ? arguments[text + 1].Value : null);
        if (program is not ("watch" or "flock"))
            return program is "script" && arguments.Count <= 1 ? Inner.None : Inner.Unknown;

        var wrapper = program == "watch"
            ? new Wrapper("bcdegptwx --beep --color --differences --errexit --chgexit --precise --no-title", "nq --interval --equexit")
            : new Wrapper("esxnuovF --shared --exclusive --nonblock --unlock --close", "wE --timeout --conflict-exit-code", Operands: 1);
        var inner = wrapper.CommandIn(arguments, out _, out var isSure);
        if (!isSure)
            return Inner.Unknown;
        return program == "watch" ? Inner.OfLine(SeeThrough.Joined(inner)) : Inner.Of(inner);
    }
}
