using System.Globalization;
using OpenCode.Actors.Protocol.Sessions;

namespace OpenCode.Actors.Server.Locations.Vcs;

/// <summary>Parses the output of git.</summary>
internal static class GitOutput
{
    public static string[] Names(string output) => output.Split('\0', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Joins three views of one difference, which list the same files in the same order.</summary>
    /// <param name="statuses">Of <c>--name-status -z</c>.</param>
    /// <param name="counts">Of <c>--numstat -z</c>.</param>
    /// <param name="patches">Of <c>-p</c>; null for changes without patches.</param>
    public static IEnumerable<FileDiff> Changes(string statuses, string counts, string? patches)
    {
        var named = Names(statuses);
        var counted = Names(counts).ToDictionary(static line => line[(line.LastIndexOf('\t') + 1)..], StringComparer.Ordinal);
        var patched = patches is null ? [] : Patches(patches).ToList();
        for (var i = 0; i + 1 < named.Length; i += 2)
        {
            var columns = counted.GetValueOrDefault(named[i + 1], "").Split('\t');
            yield return new FileDiff(Number(columns, 0), Number(columns, 1)) { File = named[i + 1], Patch = patched.ElementAtOrDefault(i / 2), Status = Status(named[i]) };
        }
    }

    /// <summary>Splits a difference into that of each file: its content lines never begin like its headers.</summary>
    public static IEnumerable<string> Patches(string output)
    {
        const string header = "diff --git ";
        var start = output.StartsWith(header, StringComparison.Ordinal) ? 0 : -1;
        while (start >= 0)
        {
            var next = output.IndexOf("\n" + header, start, StringComparison.Ordinal);
            yield return next < 0 ? output[start..] : output[start..(next + 1)];
            start = next < 0 ? -1 : next + 1;
        }
    }

    /// <summary>Makes the change of a file that git does not know yet.</summary>
    /// <param name="file">Its path in the repository.</param>
    /// <param name="text">Its text; null when it is none, or very long.</param>
    /// <param name="withPatch">Whether the patch is wanted.</param>
    public static FileDiff Untracked(string file, string? text, bool withPatch)
    {
        var head = $"diff --git a/{file} b/{file}\nnew file mode 100644\n";
        if (text is null)
            return Added(0, $"{head}Binary files /dev/null and b/{file} differ\n");

        var lines = text.Split('\n');
        var isWhole = lines[^1].Length == 0;
        var count = isWhole ? lines.Length - 1 : lines.Length;
        if (count == 0)
            return Added(0, head);

        var body = string.Concat(lines.Take(count).Select(static line => $"+{line}\n"));
        return Added(count, $"{head}--- /dev/null\n+++ b/{file}\n@@ -0,0 +1{(count == 1 ? "" : $",{count}")} @@\n{body}{(isWhole ? "" : "\\ No newline at end of file\n")}");

        FileDiff Added(int lines, string patch) => new(lines, 0) { File = file, Patch = withPatch ? patch : null, Status = "added" };
    }

    // A dash stands for the lines of a binary file.
    private static int Number(string[] columns, int at) => columns.Length > at && int.TryParse(columns[at], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;

    private static string Status(string letter) => letter switch
    {
        "A" => "added",
        "D" => "deleted",
        _ => "modified",
    };
}
