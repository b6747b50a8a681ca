namespace OpenCode.Actors.Sessions.Shell;

/// <summary>Finds the commands that another command runs: <c>env</c>, <c>sudo</c>, <c>xargs</c>, <c>find -exec</c>, <c>sh -c</c>, <c>eval</c> and their kind.</summary>
internal static class NestedCommands
{
    private const int MaxDepth = 10;
    private const int MostGuesses = 16;

    /// <summary>Returns all commands of a line, and those that they run.</summary>
    public static IReadOnlyList<JudgedCommand> Commands(ShellLine line)
    {
        var seen = new List<JudgedCommand>();
        Add(seen, line, 0);
        return seen;
    }

    private static void Add(List<JudgedCommand> seen, ShellLine line, int depth)
    {
        foreach (var command in line.Commands)
            Add(seen, command, depth);
        var loops = line.Loops.Where(static loop => Settings.RunsCommands(loop.Name)).Select(static loop => $"for {loop.Name}");
        foreach (var puzzle in line.Puzzles.Concat(Arithmetic.Puzzles(line)).Concat(loops).Distinct(StringComparer.Ordinal))
            seen.Add(new JudgedCommand(new ShellCommand(puzzle, [ShellWord.Unknown(puzzle)], [], []), IsUnknown: true));
    }

    private static void Add(List<JudgedCommand> seen, ShellCommand command, int depth)
    {
        var isSetting = command.Assignments.Any(static assignment => Settings.RunsCommands(assignment.Name, assignment.Value?.Value));
        if (command.Words.Count == 0 && !isSetting)
        {
            seen.Add(new JudgedCommand(command));
            return;
        }

        if (depth > MaxDepth || isSetting || command.Words[0].Value is null || ExecOptions.AreIn(command))
        {
            seen.Add(new JudgedCommand(command, IsUnknown: true) { Latent = LatentCommands.In(command) });
            if (depth > MaxDepth)
                return;
        }

        if (command.Words.Count == 0 || command.Words[0].Value is null)
            return;

        var inner = InnerOf(command);
        var line = inner.Line is null ? null : ShellLine.Parse(inner.Line);
        seen.Add(new JudgedCommand(command, inner.IsUnknown || (inner.Line is not null && line is null))
        {
            Latent = LatentCommands.In(command),
            Guesses = GuessesIn(inner.Doubtful),
        });
        foreach (var words in inner.Commands)
            Add(seen, new ShellCommand(string.Join(' ', words.Select(static word => word.Source)), words, [], []), depth + 1);
        if (line is not null)
            Add(seen, line, depth + 1);
    }

    private static Inner InnerOf(ShellCommand command)
    {
        var arguments = command.Words.Skip(1).ToList();
        switch (command.Name)
        {
            case "sh" or "bash" or "dash" or "zsh" or "ksh" or "mksh" or "ash" or "rbash" or "fish" or "csh" or "tcsh" or "pwsh":
                return ShellPrograms.InnerOf(command.Name, arguments);
            case "eval":
                return arguments.Count == 0 ? Inner.None : Inner.OfLine(Joined(arguments));
            case "find":
                return FindProgram.InnerOf(arguments);
            case "ssh":
                return ShellPrograms.InnerOfSsh(arguments);
            case "fd" or "fdfind":
                return FindProgram.InnerOfFd(arguments);
            case "sed" or "gsed" or "awk" or "gawk" or "mawk" or "nawk":
                return ScriptTexts.InnerOf(command.Name, arguments);
            case "su" or "runuser" or "script" or "watch" or "flock":
                return ShellPrograms.InnerOfOther(command.Name, arguments);
            default:
                if ((Builtins.InnerOf(command.Name!, arguments) ?? InlineCode.InnerOf(command.Name!, arguments)) is { } inner)
                    return inner;
                if (Wrappers.Find(command, out var head, out var isSure) is not { } wrapper)
                    return Inner.None;
                var words = command.Words.Skip(head).ToList();
                var found = InnerOf(wrapper, command.Name!, words);
                return isSure ? found : found with { IsUnknown = true, Doubtful = words };
        }
    }

    private static Inner InnerOf(Wrapper wrapper, string name, IReadOnlyList<ShellWord> words)
    {
        var inner = wrapper.CommandIn(words, out var options, out var isSure).ToList();
        if (name == "env" && options.Exists(static option => option.StartsWith("-S", StringComparison.Ordinal) || option.StartsWith("--s", StringComparison.Ordinal)))
            return Inner.Unknown; // It splits a text into a command in a way of its own.
        if (name == "command" && options.Exists(static option => option is "-v" or "-V" or "-pv" or "-pV"))
            return Inner.None; // It only says what would be run.
        if (name == "sudo" && options.Exists(static option => option is "--shell" or "--login" || (option is ['-', not '-', ..] && option.AsSpan().IndexOfAny('s', 'i') >= 0)))
            return inner.Count == 0 ? Inner.Unknown : Inner.OfLine(Joined(inner));
        if (name is "strace" or "ltrace" && options.Exists(static option => option.AsSpan().IndexOfAny('|', '!') >= 0))
            return Inner.Unknown; // Its output goes to a command.
        if (name == "xargs")
        {
            isSure &= !options.Exists(static option => option is ['-', not '-', _, ..] && option.AsSpan(2).IndexOfAny('I', 'i') >= 0); // It says with others what is replaced.
            var replaced = ReplacedBy(options);
            inner = replaced is null
                ? inner.Count == 0 ? [] : [.. inner, ShellWord.Unknown("")]
                : inner.ConvertAll(word => word.Source.Contains(replaced, StringComparison.Ordinal) ? ShellWord.Unknown(word.Source) : word);
        }

        if (inner.Count == 0)
            return isSure && !wrapper.RunsShell ? Inner.None : Inner.Unknown;
        return isSure ? Inner.Of(inner) : new Inner(wrapper.IsOpaque ? [] : [inner], IsUnknown: true) { Doubtful = inner };
    }

    // Where the command begins is not known: it may be at any of the words. What is behind the first few is asked about, as all that is not known.
    private static List<IReadOnlyList<ShellWord>> GuessesIn(IReadOnlyList<ShellWord> words) =>
        [.. Enumerable.Range(0, Math.Min(words.Count, 4 * MostGuesses)).Where(at => words[at].Value is not ['-', ..]).Take(MostGuesses).Select(at => words.Skip(at).ToList())];

    private static string? ReplacedBy(List<string> options)
    {
        var at = options.FindIndex(static option => option.StartsWith("-I", StringComparison.Ordinal) || option.StartsWith("-i", StringComparison.Ordinal) || option.StartsWith("--replace", StringComparison.Ordinal));
        if (at < 0)
            return null;
        var option = options[at];
        var given = option.StartsWith("--", StringComparison.Ordinal) ? option["--replace".Length..].TrimStart('=') : option[2..];
        return given.Length > 0 ? given : option == "-I" && at + 1 < options.Count ? options[at + 1] : "{}";
    }

    /// <summary>Puts words together as a shell does that is given several; null when one of them is not known.</summary>
    public static string? Joined(IEnumerable<ShellWord> words)
    {
        var values = words.Select(static word => word.Value).ToList();
        return values.Contains(null) ? null : string.Join(' ', values);
    }
}
