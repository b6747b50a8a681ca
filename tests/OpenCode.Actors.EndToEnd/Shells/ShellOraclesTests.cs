using System.Text.RegularExpressions;
using OpenCode.Actors.EndToEnd.Harness;
using OpenCode.Actors.Sessions.Shell;
using Xunit.Abstractions;

namespace OpenCode.Actors.EndToEnd.Shells;

/// <summary>Generated lines, read by us and by others: what is a line, and which simple commands it has. docs/differences.md has what differs on purpose.</summary>
public sealed partial class ShellOraclesTests(ITestOutputHelper output)
{
    private const int Batch = 400;

    // What we do not read, and bash does: the beginnings of our reasons.
    private static readonly string[] _unread =
    [
        "a line continues in the middle of a word", "a quote in an expansion can be read", "a quote in backticks can be read", "the here-document", "the line '", "the end of a here-document", "commands behind the mark",
        "a substitution by '${ '", "a pattern of extglob", "'!(' can be read", "the head of a loop", "a word follows a list", "there are too many '(('", "it is nested too deep",
    ];

    [SkippableFact]
    public async Task Others_take_the_same_lines_and_see_the_same_commands()
    {
        Needs.Node();
        var seed = Scale.IsFull ? Scale.Seed() : 1; // The reduced run is the same each time: only a full run looks for new kinds of difference.
        output.WriteLine($"OPENCODE_ACTORS_SEED={seed}");
        var grammar = new ShellGrammar(new Random(seed));
        await using var oracles = new ShellOracles();
        var (both, neither, bashAlone, weAlone, compared, known) = (0, 0, 0, 0, 0, 0);
        var unexplained = new List<string>();
        for (var count = 0; count < Scale.Of(Batch, 10_000); count += Batch)
        {
            List<string> lines = [.. Enumerable.Range(0, Batch).Select(_ => grammar.Line())];
            var takenByBash = await ShellOracles.TakenByBashAsync(lines);
            var commands = await oracles.CommandsAsync(lines);
            Assert.Equal((Batch, Batch), (takenByBash.Count, commands.Count));
            for (var line = 0; line < Batch; line++)
            {
                var ours = Read(lines[line], out var reason);
                if (ours is null && takenByBash[line])
                {
                    bashAlone++;
                    if (!Array.Exists(_unread, start => reason!.StartsWith(start, StringComparison.Ordinal)) && !ReadWhenRun().IsMatch(lines[line]))
                        unexplained.Add($"bash takes it, we do not, since {reason}:\n{lines[line]}");
                }
                else if (ours is not null && takenByBash[line])
                {
                    both++;
                    if (commands[line] is not { } theirs)
                        continue;
                    compared++;
                    List<string> others = [.. theirs.Select(Bare).Order(StringComparer.Ordinal)];
                    if (others.SequenceEqual(ours))
                        continue;
                    known++;
                    if (!OnPurpose().IsMatch(lines[line]))
                        unexplained.Add($"only we see [{string.Join(" ¦ ", ours.Except(others))}], only others [{string.Join(" ¦ ", others.Except(ours))}]:\n{lines[line]}");
                }
                else
                    _ = ours is null ? neither++ : weAlone++;
            }
        }

        output.WriteLine($"{both} lines are taken by both, {neither} by neither, {bashAlone} by bash alone, {weAlone} by us alone; the commands of {compared} are compared: {known} differ, {unexplained.Count} for no reason that is known");
        Assert.True(unexplained.Count == 0, $"{unexplained.Count} lines of seed {seed}:\n{string.Join("\n\n", unexplained.OrderBy(static line => line.Length).Take(10))}");
        Assert.True(compared > both / 2, "Too few lines are compared for this to say anything.");
    }

    private static List<string>? Read(string line, out string? reason)
    {
        try
        {
            reason = null;
            return [.. ShellLine.Read(line).Commands
                .Where(static command => command.Words.Count + command.Assignments.Count > 0 && command.Words is not [{ Source: "function" }, _])
                .Select(static command => Bare(string.Join(' ', command.Assignments.Select(static assignment => assignment.Name + "=").Concat(command.Words.Select(static word => word.Source)))))
                .Order(StringComparer.Ordinal)];
        }
        catch (ShellSyntaxException e)
        {
            reason = e.Message[(e.Message.IndexOf(':', StringComparison.Ordinal) + 2)..];
            return null;
        }
    }

    // In backticks a text is with more backslashes than its commands have.
    private static string Bare(string command) => command.Replace("\\\n", "", StringComparison.Ordinal).Replace("\\", "", StringComparison.Ordinal);

    // bash looks at these when it runs them; a backslash at the end is one, what is timed in a substitution, and the name that a loop gives.
    [GeneratedRegex(@"`|<<|\(\(|\$\{|\\$|\$\(\s*time\s|\bfor\s+\W", RegexOptions.ExplicitCapture)]
    private static partial Regex ReadWhenRun();

    // Escapes in backticks; <( ) in ${ }; the expression of ${x:…}; to others, a number behind a quote is a descriptor, a comment goes on behind a backslash or begins behind a quote or an expansion, =[ begins a subscript, and -- behind time is a command.
    [GeneratedRegex(@"`([^`\\]|\\.)*\\[\\`$]|\$\{[^}]*[<>]\(|\$\{\w+:[^-=?+]|['""]\d+[<>]|#[^\n]*\\\n|['"")}]#|\$(\w+|[!$*?@-])#|=\[|\btime\s+(-p\s+)?--\s", RegexOptions.ExplicitCapture | RegexOptions.Singleline)]
    private static partial Regex OnPurpose();
}
