namespace OpenCode.Actors.Sessions.Shell;

/// <summary>Programs that pass a text to a shell, which runs it.</summary>
internal static class ShellPrograms
{
    private static readonly string[] _beyondPosix = ["[[", "((", "$'", "$\"", "$[", "<(", ">(", "&>", "|&", "<<<", ";&", "=(", "}>", "}<"];

    private static readonly Wrapper _ssh = new("46AaCfGgKkMNnqTtVvXxYy", "BbcDEeiJLlmpQRWw", Operands: 1);
    private static readonly Wrapper _watch = new("bcdegptwx --beep --color --differences --errexit --chgexit --precise --no-title", "nq --interval --equexit");
    private static readonly Wrapper _flock = new("esxnuovF --shared --exclusive --nonblock --unlock --close", "wE --timeout --conflict-exit-code", Operands: 1);

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
            if (option.AsSpan().IndexOfAny("OsiH") >= 0)
                return Inner.Unknown; // -O may switch on other grammar, -s reads stdin, -i has aliases, -H an own meaning of !.
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

    /// <summary>Finds what <c>ssh</c> runs on the other machine. An option may run a command on this one, and options may be behind the machine too.</summary>
    public static Inner InnerOfSsh(List<ShellWord> arguments)
    {
        var command = _ssh.CommandIn(arguments, out _, out var isSure);
        return command.Count == 0 ? Inner.Unknown : isSure && command[0].Value is not (null or ['-', ..]) ? Inner.OfLine(NestedCommands.Joined(command)) : Inner.Unknown with { Doubtful = command };
    }

    /// <summary>Finds what other programs run that take a text.</summary>
    public static Inner InnerOfOther(string program, List<ShellWord> arguments)
    {
        switch (program)
        {
            case "su" or "runuser":
                return InnerOfText(arguments, "lmp", " - --login --preserve-environment ") with { Doubtful = arguments };
            case "script":
                return InnerOfText(arguments, "aefq", " --append --return --flush --quiet ");
            default:
                var wrapper = program == "watch" ? _watch : _flock;
                var command = wrapper.CommandIn(arguments, out _, out var isSure);
                if (!isSure)
                    return Inner.Unknown with { Doubtful = command };
                if (program == "flock")
                    return command is [{ Value: "-c" or "--command" }, ..] ? Inner.OfLine(command.Count == 2 ? command[1].Value : null) : Inner.Of(command);
                return Inner.OfLine(NestedCommands.Joined(command));
        }
    }

    // The text behind -c, if it is given once, and all else is known.
    private static Inner InnerOfText(List<ShellWord> arguments, string flags, string names)
    {
        var (text, count) = ((string?)null, 0);
        for (var at = 0; at < arguments.Count; at++)
        {
            if (arguments[at].Value is not { } value)
                return Inner.Unknown;
            if (value is "--command" or ['-', .., 'c'] && value.AsSpan(1).TrimStart(flags) is "c" or "-command")
                (text, count) = (++at < arguments.Count ? arguments[at].Value : null, count + 1);
            else if (value.StartsWith('-') && !names.Contains($" {value} ", StringComparison.Ordinal) && !value.AsSpan(1).TrimStart(flags).IsEmpty)
                return Inner.Unknown;
        }

        return count == 1 ? Inner.OfLine(text) : Inner.Unknown;
    }
}
