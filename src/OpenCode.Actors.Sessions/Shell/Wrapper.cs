namespace OpenCode.Actors.Sessions.Shell;

/// <summary>A program that runs the command behind its own options.</summary>
/// <param name="Flags">Letters of options without a value, and long ones.</param>
/// <param name="Values">Letters of options with a value, and long ones.</param>
/// <param name="Operands">How many words stand before the command.</param>
/// <param name="Assigns">Whether assignments may be before it.</param>
/// <param name="Attached">Letters of options whose value, if they have one, is the rest of their word.</param>
/// <param name="RunsShell">Whether it runs a shell where no command is given.</param>
/// <param name="IsOpaque">Whether what it runs is somewhere in its arguments, in a way that is not modelled.</param>
internal sealed record Wrapper(string Flags = "", string Values = "", int Operands = 0, bool Assigns = false, string Attached = "", bool RunsShell = false, bool IsOpaque = false)
{
    /// <summary>Finds the command that is run.</summary>
    /// <param name="words">The words behind the wrapper's name.</param>
    /// <param name="options">Gets the options that were passed over.</param>
    /// <param name="isSure">Gets whether all of them were known, and no assignment or word that is not known changes what is run.</param>
    public IReadOnlyList<ShellWord> CommandIn(IReadOnlyList<ShellWord> words, out List<string> options, out bool isSure)
    {
        (options, isSure) = ([], !IsOpaque);
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
            if (!isApart || at + 1 >= words.Count)
                continue;
            isSure &= !words[++at].IsLoose;
            options.Add(words[at].Value ?? "");
        }

        if (options.Exists(static option => option == "--") is false && at < words.Count && words[at].Value == "-" && Assigns)
            at++;
        for (; Assigns && at < words.Count && words[at].Start.Contains('=', StringComparison.Ordinal); at++)
            isSure &= !Settings.RunsCommands(words[at]);
        isSure &= !words.Skip(at).Take(Operands).Any(static word => word.IsLoose || (word.Value is null && word.Start.Length == 0));
        at += Operands;
        if (Operands > 0 && at < words.Count && words[at].Value == "--")
            at++;
        return [.. words.Skip(at)];
    }

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
            if (Attached.Contains(option[letter], StringComparison.Ordinal))
                return true;
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
