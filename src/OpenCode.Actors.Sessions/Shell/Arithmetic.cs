using System.Text.RegularExpressions;

namespace OpenCode.Actors.Sessions.Shell;

/// <summary>Finds arithmetic that may run commands: a variable in it is an expression itself, and <c>x='a[$(rm f)]'; echo $((x))</c> removes a file.</summary>
internal static partial class Arithmetic
{
    private static readonly string[] _readers = ["read", "mapfile", "readarray", "printf", "getopts"];
    private static readonly string[] _setters = ["declare", "typeset", "local", "export", "readonly"];

    /// <summary>Returns the expressions of a line whose variables may hold more than numbers by what the line does.</summary>
    public static IEnumerable<string> Puzzles(ShellLine line)
    {
        if (line.Expressions.Count == 0)
            return [];
        var doubtful = DoubtfulNames(line);
        return line.Expressions.Where(expression => IsDoubtful(expression, doubtful)).Distinct(StringComparer.Ordinal).Select(static expression => $"(( {expression} ))");
    }

    private static bool IsDoubtful(string expression, HashSet<string> doubtful) =>
        CommandOrArgument().IsMatch(expression) || Names().Matches(expression).Any(name => doubtful.Contains(name.Value));

    private static HashSet<string> DoubtfulNames(ShellLine line)
    {
        var doubtful = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (name, words) in line.Loops)
        {
            if (!words.All(IsNumber))
                doubtful.Add(name);
        }

        foreach (var command in line.Commands)
        {
            doubtful.UnionWith(command.Assignments.Where(static assignment => assignment.Value is not { } value || !IsNumber(value)).Select(static assignment => assignment.Name));
            if (_readers.Contains(command.Name, StringComparer.Ordinal))
                doubtful.UnionWith(command.Words.Skip(1).SelectMany(static word => Names().Matches(word.Source)).Select(static name => name.Value));
            else if (_setters.Contains(command.Name, StringComparer.Ordinal))
                doubtful.UnionWith(command.Words.Skip(1).Where(static word => !IsSetToNumber(word)).SelectMany(static word => Names().Matches(word.Source)).Select(static name => name.Value));
        }

        return doubtful;
    }

    private static bool IsSetToNumber(ShellWord word) => NumberSetting().IsMatch(word.Source);

    private static bool IsNumber(ShellWord word) => Number().IsMatch(word.Source);

    [GeneratedRegex(@"^(?:-?[0-9]+|\{[0-9]+\.\.[0-9]+\}|\$\(\([^`'""(]*\)\)|\$\(seq [0-9 ]+\)|\$\{?#[A-Za-z_@*]*(?:\[@\])?\}?|)$", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Number();

    [GeneratedRegex(@"^[A-Za-z_][A-Za-z_0-9]*(?:=(?:-?[0-9]+|\$\(\([^`'""(]*\)\))|)$", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex NumberSetting();

    [GeneratedRegex("[A-Za-z_][A-Za-z_0-9]*", RegexOptions.NonBacktracking)]
    private static partial Regex Names();

    // Commands, and the arguments of a script or function.
    [GeneratedRegex(@"`|\$\((?:[^(]|$)|\$\{?[0-9@*]", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex CommandOrArgument();
}
