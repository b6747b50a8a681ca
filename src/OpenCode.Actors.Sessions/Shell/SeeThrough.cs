namespace OpenCode.Actors.Sessions.Shell;

/// <summary>Finds the commands that a command runs: <c>env</c>, <c>sudo</c>, <c>xargs</c>, <c>find -exec</c>, <c>sh -c</c>, <c>eval</c> and their kind.</summary>
internal static class SeeThrough
{
    private const int MaxDepth = 10;
    private const string Executing = "--to-command --checkpoint-action --use-compress-program --compress-program --filter --rsh --exec --extcmd --upload-pack --receive-pack --exec-path --config-env";

    /// <summary>Gives all commands of a line, and those that they run.</summary>
    public static IReadOnlyList<SeenCommand> Commands(ShellLine line)
    {
        var seen = new List<SeenCommand>();
        Add(seen, line, 0);
        return seen;
    }

    private static void Add(List<SeenCommand> seen, ShellLine line, int depth)
    {
        foreach (var command in line.Commands)
            Add(seen, command, depth);
        foreach (var puzzle in line.Puzzles.Concat(Arithmetic.Puzzles(line)))
            seen.Add(new SeenCommand(new ShellCommand(puzzle, [ShellWord.Unknown(puzzle)], [], []), IsUnknown: true));
    }

    private static void Add(List<SeenCommand> seen, ShellCommand command, int depth)
    {
        var isSetting = command.Assignments.Any(static assignment => Settings.RunsCommands(assignment.Name));
        if (command.Words.Count == 0 && !isSetting)
        {
            seen.Add(new SeenCommand(command));
            return;
        }

        if (depth > MaxDepth || isSetting || command.Words[0].Value is null || HasExecutingOption(command))
        {
            seen.Add(new SeenCommand(command, IsUnknown: true) { Latent = LatentCommands.In(command) });
            if (depth > MaxDepth)
                return;
        }

        if (command.Words.Count == 0 || command.Words[0].Value is null)
            return;

        var inner = InnerOf(command);
        var line = inner.Line is null ? null : ShellLine.Parse(inner.Line);
        seen.Add(new SeenCommand(command, inner.IsUnknown || (inner.Line is not null && line is null))
        {
            Latent = LatentCommands.In(command),
            Guesses = inner.IsGuess ? [.. Enumerable.Range(1, inner.Commands[0].Count - 1).Select(skipped => inner.Commands[0].Skip(skipped).ToList())] : [],
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
            case "su" or "runuser" or "script" or "watch" or "flock" or "parallel" or "entr" or "hyperfine":
                return ShellPrograms.InnerOfOther(command.Name, arguments);
            default:
                if (Builtins.InnerOf(command.Name!, arguments) is { } inner)
                    return inner;
                return Wrapper.Find(command, out var head) is { } wrapper ? InnerOf(wrapper, command.Name!, [.. command.Words.Skip(head)]) : Inner.None;
        }
    }

    private static Inner InnerOf(Wrapper wrapper, string name, IReadOnlyList<ShellWord> words)
    {
        var inner = wrapper.CommandIn(words, out var options, out var isSure).ToList();
        if (name == "env" && options.Exists(static option => option.StartsWith("-S", StringComparison.Ordinal) || option.StartsWith("--s", StringComparison.Ordinal)))
            return Inner.Unknown; // It splits a text into a command in a way of its own.
        if (name == "command" && options.Exists(static option => option is "-v" or "-V" or "-pv" or "-pV"))
            return Inner.None; // It only says what would be run.
        if (name == "sudo" && options.Exists(static option => option is "-s" or "-i" or "--shell" or "--login"))
            return inner.Count == 0 ? Inner.Unknown : Inner.OfLine(Joined(inner));
        if (name == "xargs")
        {
            var replaced = ReplacedBy(options);
            inner = replaced is null
                ? inner.Count == 0 ? [] : [.. inner, ShellWord.Unknown("")]
                : inner.ConvertAll(word => word.Source.Contains(replaced, StringComparison.Ordinal) ? ShellWord.Unknown(word.Source) : word);
        }

        return inner.Count == 0 && !isSure ? Inner.Unknown : Inner.Of(inner) with { IsGuess = !isSure && inner.Count > 0 };
    }

    private static string? ReplacedBy(List<string> options)
    {
        var at = options.FindIndex(static option => option.StartsWith("-I", StringComparison.Ordinal) || option.StartsWith("-i", StringComparison.Ordinal) || option.StartsWith("--replace", StringComparison.Ordinal));
        if (at < 0)
            return null;
        var option = options[at];
        var given = option.StartsWith("--", StringComparison.Ordinal) ? option["--replace".Length..].TrimStart('=') : option[2..];
        return given.Length > 0 ? given : option == "-I" && at + 1 < options.Count ? options[at + 1] : "{}";
    }

    // Options by which many programs are told to run others.
    private static bool HasExecutingOption(ShellCommand command) => command.Words.Skip(1).Any(static word =>
        word.Value is ['-', '-', ..] option && Executing.Split(' ').Contains(option.Split('=')[0], StringComparer.Ordinal));

    /// <summary>Puts words together as a shell does that is given several; null when one of them is not known.</summary>
    public static string? Joined(IEnumerable<ShellWord> words)
    {
        var values = words.Select(static word => word.Value).ToList();
        return values.Contains(null) ? null : string.Join(' ', values);
    }
}
