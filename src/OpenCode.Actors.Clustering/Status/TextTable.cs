namespace OpenCode.Actors.Clustering.Status;

/// <summary>A table as lines of text: columns as wide as what is in them, two blanks between, no blanks at the end.</summary>
/// <param name="heads">The heads of the columns.</param>
/// <param name="rows">The rows, each with a text for each column.</param>
internal sealed class TextTable(string[] heads, IEnumerable<string[]> rows)
{
    private readonly string[][] _rows = [heads, .. rows];

    /// <summary>Gets the lines, the heads first.</summary>
    public IEnumerable<string> Lines
    {
        get
        {
            var widths = heads.Select((_, column) => _rows.Max(row => row[column].Length)).ToArray();
            return _rows.Select(row => string.Join("  ", row.Select((text, column) => text.PadRight(widths[column]))).TrimEnd());
        }
    }
}
