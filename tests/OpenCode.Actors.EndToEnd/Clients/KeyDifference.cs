using System.Globalization;
using System.Text.RegularExpressions;
using OpenCode.Actors.EndToEnd.Harness;

namespace OpenCode.Actors.EndToEnd.Clients;

/// <summary>A row of the table "Keys of answers" of docs/differences.md.</summary>
/// <param name="Routes">The operations that it is about.</param>
/// <param name="Missing">The keys that only the real server has; what is below them too.</param>
/// <param name="Added">The keys that only ours has.</param>
/// <param name="Status">The status of ours, where it is another one.</param>
internal sealed record KeyDifference(IReadOnlyList<string> Routes, IReadOnlyList<string> Missing, IReadOnlyList<string> Added, int? Status)
{
    public static IReadOnlyList<KeyDifference> Read()
    {
        var rows = File.ReadLines(Repository.Differences).SkipWhile(static line => line != "## Keys of answers").Skip(1).TakeWhile(static line => !line.StartsWith("## ", StringComparison.Ordinal));
        return [.. rows.Where(static row => row.Contains('`', StringComparison.Ordinal) && row[0] == '|').Select(Parse)];
    }

    public bool IsMissing(string key) => Covers(Missing, key);

    public bool IsAdded(string key) => Covers(Added, key);

    private static KeyDifference Parse(string row)
    {
        var cells = row.Split('|');
        var status = Regex.Match(cells[3], "[0-9]{3}");
        return new KeyDifference(Named(cells[1]), Named(cells[2]), Named(cells[3]), status.Success ? int.Parse(status.Value, CultureInfo.InvariantCulture) : null);
    }

    private static List<string> Named(string cell) => [.. Regex.Matches(cell, "`([^`]+)`").Select(static match => match.Groups[1].Value)];

    // "nothing", "object" and "[]" stand for answers without keys.
    private static bool Covers(IReadOnlyList<string> named, string key) =>
        named.Any(one => key == one || key.StartsWith(one + ".", StringComparison.Ordinal) || key.StartsWith(one + "[", StringComparison.Ordinal));
}
