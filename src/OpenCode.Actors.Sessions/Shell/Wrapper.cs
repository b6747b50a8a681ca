using System.Collections.Frozen;

namespace OpenCode.Actors.Sessions.Shell;

/// <summary>A program that runs the command behind its own options.</summary>
/// <param name="Flags">Letters of options without a value, and long ones.</param>
/// <param name="Values">Letters of options with a value, and long ones.</param>
/// <param name="Operands">How many words stand before the command.</param>
/// <param name="Assigns">Whether assignments may stand before it.</param>
internal sealed record Wrapper(string Flags = "", string Values = "", int Operands = 0, bool Assigns = false)
{
    private static readonly FrozenDictionary<string, Wrapper> _all = new Dictionary<string, Wrapper>(StringComparer.Ordinal)
    {
        ["env"] = new("i0v --ignore-environment --null --debug", "uC --unset --chdir", Assigns: true),
        ["command"] = new("p"),
        ["builtin"] = new(),
        ["exec"] = new("cl", "a"),
        ["nohup"] = new(),
        ["nice"] = new("0123456789", "n --adjustment"),
        ["time"] = new("pvaqV --portability --verbose --append", "fo --format --output"),
        ["timeout"] = new("v --foreground --preserve-status --verbose", "ks --kill-after --signal", Operands: 1),
        ["stdbuf"] = new("", "ioe --input --output --error"),
        ["setsid"] = new("cfw --ctty --fork --wait"),
        ["ionice"] = new("t --ignore", "cn --class --classdata"),
        ["chrt"] = new("abdfimorRv", "TPD", Operands: 1),
        ["taskset"] = new("ac --all-tasks --cpu-list", "", Operands: 1),
        ["chroot"] = new("--skip-chdir", "--userspec --groups", Operands: 1),
        ["sudo"] = new("AbEHknPSsiN --non-interactive --stdin --background --preserve-env --set-home --login --shell", "ugpCcrtTUDRh --user --group --prompt --chdir --host", Assigns: true),
        ["doas"] = new("nLs", "uC"),
        ["pkexec"] = new("--disable-internal-agent --keep-cwd", "--user"),
        ["xargs"] = new("0rtxpo --null --no-run-if-empty --verbose --exit --interactive --open-tty", "nPLsdEaI --max-args --max-procs --max-lines --max-chars --delimiter --arg-file --replace"),
        ["busybox"] = new(),
        ["toybox"] = new(),
        ["fakeroot"] = new("u", "lsi"),
        ["unbuffer"] = new("p"),
        ["strace"] = new("cCdfFhiqrtTvVwxyDkzZ", "abeEIoOpPsSuX"),
        ["ltrace"] = new("bcCfhiLrStTV", "aADelnopsuwxF"),
        ["caffeinate"] = new("disum", "tw"),
        ["poetry|run"] = new(),
        ["pipenv|run"] = new(),
        ["bundle|exec"] = new(),
        ["pdm|run"] = new(),
        ["rye|run"] = new(),
        ["uv|run"] = new(),
        ["npm|exec"] = new(),
        ["pnpm|exec"] = new(),
        ["yarn|exec"] = new(),
        ["git|bisect|run"] = new(),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Finds the wrapper that a command is, if it is one.</summary>
    /// <param name="command">The command.</param>
    /// <param name="head">How many words name the wrapper.</param>
    public static Wrapper? Find(ShellCommand command, out int head)
    {
        var key = command.Name ?? "";
        for (head = 1; head <= 3; head++)
        {
            if (_all.TryGetValue(key, out var wrapper))
                return wrapper;
            if (head < command.Words.Count)
                key += $"|{command.Words[head].Value}";
        }

        return null;
    }

    /// <summary>Finds the command that is run.</summary>
    /// <param name="words">The words behind the wrapper's name.</param>
    /// <param name="options">Gets the options that were passed over.</param>
    /// <param name="isSure">Gets whether all of them were known.</param>
    public IReadOnlyList<ShellWord> CommandIn(IReadOnlyList<ShellWord> words, out List<string> options, out bool isSure)
    {
        (options, isSure) = ([], true);
        var at = 0;
        for (; at < words.Count && words[at].Value is ['-', _, ..] option; at++)
        {
            options.Add(option);
            if (option == "--")
            {
                at++;
                break;
            }

            isSure &= TakesValue(option, out var isApart);
            if (isApart && at + 1 < words.Count)
                options.Add(words[++at].Value ?? "");
        }

        if (options.Exists(static option => option == "--") is false && at < words.Count && words[at].Value == "-" && Assigns)
            at++;
        while (Assigns && at < words.Count && IsAssignment(words[at]))
            at++;
        return [.. words.Skip(at + Operands)];
    }

    private static bool IsAssignment(ShellWord word) =>
        word.Pieces is { Count: > 0 } pieces && pieces[0] is { Kind: PieceKind.Text } first && first.Text.Contains('=', StringComparison.Ordinal);

    // Returns whether the option is known.
    private bool TakesValue(string option, out bool isApart)
    {
        isApart = false;
        if (option.StartsWith("--", StringComparison.Ordinal))
        {
            var name = option.Split('=')[0];
            var isValue = Values.Split(' ').Contains(name, StringComparer.Ordinal);
            isApart = isValue && name == option;
            return isValue || Flags.Split(' ').Contains(name, StringComparer.Ordinal);
        }

        var (flags, values) = (Flags.Split(' ')[0], Values.Split(' ')[0]);
        for (var letter = 1; letter < option.Length; letter++)
        {
            if (values.Contains(option[letter], StringComparison.Ordinal) && !values.StartsWith('-'))
            {
                isApart = letter == option.Length - 1;
                return true;
            }

            if (!flags.Contains(option[letter], StringComparison.Ordinal) || flags.StartsWith('-'))
                return false;
        }

        return true;
    }
}
