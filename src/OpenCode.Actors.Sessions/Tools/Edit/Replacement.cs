using System.Text;
using OpenCode.Actors.Sessions.Tools.Changes;

namespace OpenCode.Actors.Sessions.Tools.Edit;

/// <summary>The old and new text of an edit.</summary>
/// <param name="Old">The text to replace.</param>
/// <param name="New">The text that takes its place.</param>
/// <param name="IsAll">Whether every place is replaced.</param>
internal sealed record Replacement(string Old, string New, bool IsAll)
{
    private const int MostNamedLines = 5;

    /// <summary>Returns the new text of a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="file">Its text; null where there is none.</param>
    /// <exception cref="ToolRefusedException">The place is not there, or not clear.</exception>
    public string Apply(string path, FileText? file)
    {
        if (Old == New)
            throw new ToolRefusedException("'oldString' and 'newString' are the same: there is nothing to change.");
        if (file is null)
            return Old.Length == 0 ? New : throw new ToolRefusedException($"There is no file {path}. To make it, leave 'oldString' empty or use write.");
        if (Old.Length == 0)
            throw new ToolRefusedException($"'oldString' is empty, but the file {path} is there. Give the text to replace, or use write to replace all of it.");

        var places = TextFinder.Find(file.Text, file.WithLineEnds(Old), file.WithLineEnds(New));
        if (places.Count == 0)
            throw new ToolRefusedException($"'oldString' is not in the file {path}. Read the file again, and copy the lines as they are there, without their numbers.");
        if (places.Count > 1 && !IsAll)
            throw new ToolRefusedException($"'oldString' is in the file {path} {places.Count} times ({LinesOf(file.Text, places)}). Add lines around it that make it unique, or set 'replaceAll'.");

        var after = new StringBuilder();
        var end = 0;
        foreach (var place in places)
        {
            after.Append(file.Text, end, place.Start - end).Append(place.New);
            end = place.Start + place.Length;
        }

        return after.Append(file.Text, end, file.Text.Length - end).ToString();
    }

    private static string LinesOf(string text, IReadOnlyList<Place> places)
    {
        var lines = places.Take(MostNamedLines).Select(place => text.AsSpan(0, place.Start).Count('\n') + 1);
        return $"lines {string.Join(", ", lines)}{(places.Count > MostNamedLines ? ", …" : "")}";
    }
}
