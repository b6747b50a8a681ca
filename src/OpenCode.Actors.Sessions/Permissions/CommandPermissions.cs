using System.Text.Json;
using OpenCode.Actors.Sessions.Shell;

namespace OpenCode.Actors.Sessions.Permissions;

/// <summary>Finds the permissions that a shell line needs (rule "Every simple command is judged").</summary>
internal static class CommandPermissions
{
    private const string Bash = "bash";
    private const string OutsideDirectory = "external_directory";

    /// <summary>Finds out what a line needs: first the folders outside the location that it names, then its commands. A line of nothing but comments needs nothing.</summary>
    /// <param name="line">The line.</param>
    /// <param name="folder">Where it is run, if not in the location.</param>
    /// <param name="location">The location.</param>
    public static IReadOnlyList<ToolPermission> Of(string line, string? folder, ToolLocation location)
    {
        var parsed = ShellLine.Parse(line);
        var seen = parsed is null ? [] : NestedCommands.Commands(parsed);
        var wanted = new List<ToolPermission>();

        var outside = OutsidePaths.Of(line, seen, parsed?.Redirections ?? [], folder?.Replace('\0', '?'), location); // No path holds a NUL: the tool refuses it.
        if (outside.Count > 0)
        {
            var known = outside.Where(static path => !path.IsUnknown).Select(static path => path.Text).ToList();
            wanted.Add(Permission(OutsideDirectory, outside, new CommandMetadata(line, [.. known.Select(static pattern => pattern[..^2])], known)));
        }

        var patterns = parsed is null ? [new CommandPattern(line.Trim(), line.Trim()) { IsUnknown = true, IsUnread = true }] : Merge(seen.Where(IsJudged).Select(CommandForms.PatternOf));
        if (patterns.Count > 0)
            wanted.Add(Permission(Bash, patterns, new CommandMetadata(line)));
        return wanted;
    }

    // Assignments alone run nothing; redirections alone empty files.
    private static bool IsJudged(JudgedCommand seen) => seen.IsUnknown || seen.Command.Words.Count > 0 || seen.Command.Redirections.Count > 0;

    private static ToolPermission Permission(string permission, List<CommandPattern> patterns, CommandMetadata metadata)
    {
        var shown = patterns.Exists(static pattern => !pattern.IsFree) ? patterns.FindAll(static pattern => !pattern.IsFree) : patterns;
        return new ToolPermission(
            permission,
            shown.ConvertAll(static pattern => pattern.Text),
            [.. shown.Select(static pattern => pattern.Always).OfType<string>().Distinct(StringComparer.Ordinal)],
            () => JsonSerializer.SerializeToElement(metadata, PermissionJson.Default.CommandMetadata))
        {
            Judged = patterns,
        };
    }

    // The same text is shown once, and is as strict as its strictest.
    private static List<CommandPattern> Merge(IEnumerable<CommandPattern> patterns) => [.. patterns
        .GroupBy(static pattern => pattern.Text, StringComparer.Ordinal)
        .Select(static same => same.Aggregate(static (one, other) => one with
        {
            Always = one.IsUnknown ? one.Always : other.IsUnknown ? other.Always : one.Always,
            Forms = [.. one.Forms.Union(other.Forms, StringComparer.Ordinal)],
            Doubts = [.. one.Doubts.Union(other.Doubts, StringComparer.Ordinal)],
            IsUnknown = one.IsUnknown || other.IsUnknown,
            IsFree = one.IsFree && other.IsFree,
        }))];
}
