using System.Globalization;
using System.Text;
using DiffPlex;
using DiffPlex.Model;

namespace OpenCode.Actors.Sessions.Tools.Changes;

/// <summary>Compares two texts line by line.</summary>
internal static class UnifiedDiff
{
    private const int Context = 3;

    /// <summary>How many lines are compared: two unlike texts of more become one replacement. The comparison takes lines × differences, seconds at worst.</summary>
    public const int MostLines = 5_000;

    /// <summary>How long a diff is worth showing. One that is longer ends somewhere behind that.</summary>
    public const int MostCharacters = 64 * 1024;

    /// <summary>Returns the hunks of a unified diff.</summary>
    /// <param name="before">The old text, with line feeds.</param>
    /// <param name="after">The new text, with line feeds.</param>
    /// <param name="additions">How many lines are new.</param>
    /// <param name="deletions">How many lines are gone.</param>
    /// <param name="mostLines">How many lines are compared, those that are alike at both ends not counted.</param>
    public static string Of(string before, string after, out int additions, out int deletions, int mostLines = MostLines)
    {
        var (old, now) = (Lines(before), Lines(after));
        var blocks = Blocks(old, now, mostLines);
        (additions, deletions) = (blocks.Sum(static block => block.InsertCountB), blocks.Sum(static block => block.DeleteCountA));

        var text = new StringBuilder();
        for (var first = 0; first < blocks.Count && text.Length <= MostCharacters;)
        {
            var last = first;
            while (last + 1 < blocks.Count && blocks[last + 1].DeleteStartA - End(blocks[last]) <= 2 * Context)
                last++;
            AppendHunk(text, old, now, blocks.GetRange(first, last - first + 1));
            first = last + 1;
        }

        return text.ToString();
    }

    private static int End(DiffBlock block) => block.DeleteStartA + block.DeleteCountA;

    // A line keeps its line feed, so that a text without one at its end is unlike one with it.
    private static List<string> Lines(string text)
    {
        var lines = new List<string>();
        for (var start = 0; start < text.Length;)
        {
            var end = text.IndexOf('\n', start) is >= 0 and var feed ? feed + 1 : text.Length;
            lines.Add(text[start..end]);
            start = end;
        }

        return lines;
    }

    // What is alike at both ends is not compared: most changes are small.
    private static List<DiffBlock> Blocks(List<string> old, List<string> now, int mostLines)
    {
        var (start, oldEnd, nowEnd) = (0, old.Count, now.Count);
        while (start < oldEnd && start < nowEnd && old[start] == now[start])
            start++;
        while (oldEnd > start && nowEnd > start && old[oldEnd - 1] == now[nowEnd - 1])
            (oldEnd, nowEnd) = (oldEnd - 1, nowEnd - 1);
        if (start == oldEnd && start == nowEnd)
            return [];
        if (oldEnd - start > mostLines || nowEnd - start > mostLines)
            return [new DiffBlock(start, oldEnd - start, start, nowEnd - start)];

        var chunks = new Chunks();
        var result = Differ.Instance.CreateDiffs(
            Chunks.Join(old.GetRange(start, oldEnd - start)), Chunks.Join(now.GetRange(start, nowEnd - start)), ignoreWhiteSpace: false, ignoreCase: false, chunks);
        return [.. result.DiffBlocks.Select(block => new DiffBlock(block.DeleteStartA + start, block.DeleteCountA, block.InsertStartB + start, block.InsertCountB))];
    }

    private static void AppendHunk(StringBuilder text, List<string> old, List<string> now, List<DiffBlock> blocks)
    {
        var (first, last) = (blocks[0], blocks[^1]);
        var before = Math.Min(Context, first.DeleteStartA);
        var after = Math.Min(Context, old.Count - End(last));
        var oldStart = first.DeleteStartA - before;
        var oldCount = End(last) + after - oldStart;
        var nowStart = first.InsertStartB - before;
        var nowCount = last.InsertStartB + last.InsertCountB + after - nowStart;
        text.Append(CultureInfo.InvariantCulture, $"@@ -{Number(oldStart, oldCount)},{oldCount} +{Number(nowStart, nowCount)},{nowCount} @@\n");

        var at = oldStart;
        foreach (var block in blocks)
        {
            AppendLines(text, ' ', old, at, block.DeleteStartA);
            AppendLines(text, '-', old, block.DeleteStartA, End(block));
            AppendLines(text, '+', now, block.InsertStartB, block.InsertStartB + block.InsertCountB);
            at = End(block);
        }

        AppendLines(text, ' ', old, at, at + after);
    }

    // A range of no lines is named by the line before it.
    private static int Number(int start, int count) => count == 0 ? start : start + 1;

    private static void AppendLines(StringBuilder text, char sign, List<string> lines, int start, int end)
    {
        for (var i = start; i < end && text.Length <= MostCharacters; i++)
            text.Append(sign).Append(lines[i]).Append(lines[i].EndsWith('\n') ? "" : "\n\\ No newline at end of file\n");
    }

    // The lines are there already: DiffPlex takes texts, and cuts them again.
    private sealed class Chunks : IChunker
    {
        public static string Join(List<string> lines) => string.Concat(lines);

        public IReadOnlyList<string> Chunk(string text) => Lines(text);
    }
}
