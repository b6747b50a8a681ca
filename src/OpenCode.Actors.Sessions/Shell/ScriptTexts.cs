using System.Text.RegularExpressions;

namespace OpenCode.Actors.Sessions.Shell;

/// <summary>Programs whose scripts may run commands: <c>sed</c>, <c>awk</c>.</summary>
internal static partial class ScriptTexts
{
    /// <summary>True if a call may run something: its script does, or cannot be seen.</summary>
    public static Inner InnerOf(string program, List<ShellWord> arguments) =>
        (program.EndsWith("sed", StringComparison.Ordinal) ? IsHarmlessSed(arguments) : IsHarmlessAwk(arguments)) ? Inner.None : Inner.Unknown;

    private static bool IsHarmlessSed(List<ShellWord> arguments)
    {
        var (hasScript, operands) = (false, new List<ShellWord>());
        for (var at = 0; at < arguments.Count; at++)
        {
            var option = arguments[at].Value ?? arguments[at].Start;
            if (option == "--sandbox")
                return true;
            if (option == "--expression" || ScriptFollows().IsMatch(option))
            {
                hasScript = true;
                if (at + 1 < arguments.Count && !IsHarmlessScript(arguments[++at].Value))
                    return false;
            }
            else if (option.StartsWith("--expression=", StringComparison.Ordinal))
            {
                hasScript = true;
                if (!IsHarmlessScript(arguments[at].Value?["--expression=".Length..]))
                    return false;
            }
            else if (option is not ['-', _, ..])
                operands.Add(arguments[at]);
            else if (arguments[at].Value is null || !SedFlags().IsMatch(option))
                return false; // -f, say.
        }

        // Any of the files may be an option, where it is not known.
        return (hasScript || operands.Count == 0 || IsHarmlessScript(operands[0].Value)) && operands.TrueForAll(static word => word.Value is not null || word.Start.Length > 0 || word.Pieces[0].Kind == PieceKind.Tilde);
    }

    private static bool IsHarmlessScript(string? script) => script is not null && (!script.Contains('e', StringComparison.Ordinal) || HarmlessScript().IsMatch(script));

    private static bool IsHarmlessAwk(List<ShellWord> arguments)
    {
        var at = 0;
        for (; at < arguments.Count && arguments[at].Value is ['-', _, ..] option; at++)
        {
            if (option == "--")
            {
                at++;
                break;
            }

            if (option is "-F" or "-v")
            {
                if (++at < arguments.Count && arguments[at].IsLoose)
                    return false;
            }
            else if (option is not (['-', 'F' or 'v', ..] or "--version" or "--posix" or "--re-interval" or "--csv"))
                return option == "--sandbox";
        }

        return at >= arguments.Count || (arguments[at].Value is { } program && !program.Replace("||", "", StringComparison.Ordinal).AsSpan().ContainsAny('|', '@') && !program.Contains("system", StringComparison.Ordinal));
    }

    // A script in the next word.
    [GeneratedRegex("^-[nErszub]*e$", RegexOptions.NonBacktracking)]
    private static partial Regex ScriptFollows();

    [GeneratedRegex("^(?:-[nErszub]*(?:i.*)?|--(?:quiet|silent|in-place(?:=.*)?|regexp-extended|null-data|separate|debug|posix|unbuffered|version|help))$", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex SedFlags();

    // Addresses of numbers, ends and expressions, and commands of which none is e, nor s with the flag e.
    [GeneratedRegex(
        @"^(?:[\s;}]*(?:(?:\d+(?:~\d+)?|\$|/(?:[^/\\\n]|\\.)*/I?)(?:\s*,\s*(?:[+~]?\d+|\$|/(?:[^/\\\n]|\\.)*/I?))?)?\s*!?\s*(?:\{|(?:"
        + @"s(?:/(?:[^/\\\n]|\\.|\\\n)*/(?:[^/\\\n]|\\.|\\\n)*/|\|(?:[^|\\\n]|\\.|\\\n)*\|(?:[^|\\\n]|\\.|\\\n)*\||#(?:[^#\\\n]|\\.|\\\n)*#(?:[^#\\\n]|\\.|\\\n)*#|,(?:[^,\\\n]|\\.|\\\n)*,(?:[^,\\\n]|\\.|\\\n)*,"
        + @"|@(?:[^@\\\n]|\\.|\\\n)*@(?:[^@\\\n]|\\.|\\\n)*@)[gpiImM0-9]*|y/(?:[^/\\\n]|\\.)*/(?:[^/\\\n]|\\.)*/|[qQ]\d*|[dp=nNgGhHxDPlFz]|[aicrwRW][^\n]*(?:\n|$)|[:btT]\s*[0-9A-Za-z_]*)\s*(?:[;\n}]|$)))*[\s;}]*$",
        RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex HarmlessScript();
}
