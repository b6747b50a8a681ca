using System.Globalization;
using System.Text;
using OpenCode.Actors.Journal;

namespace OpenCode.Actors.Storage.Sqlite.Checking;

/// <summary>What was found in a data folder.</summary>
/// <param name="Folder">The data folder.</param>
/// <param name="Timeline">Which log it is; null if there is none, or it cannot be read.</param>
/// <param name="Floor">The last offset that is gone by retention.</param>
/// <param name="Head">The offset of the last entry.</param>
/// <param name="Batches">How many batches the log has.</param>
/// <param name="Owners">How many owners have rows of state: sessions, and what else keeps some.</param>
/// <param name="Rows">How many rows of state there are.</param>
/// <param name="Damages">What is wrong, a sentence each; empty if nothing is.</param>
public sealed record HubReport(string Folder, Timeline? Timeline, long Floor, long Head, long Batches, long Owners, long Rows, IReadOnlyList<string> Damages)
{
    /// <summary>Gets a value indicating whether nothing is wrong.</summary>
    public bool IsHealthy => Damages.Count == 0;

    /// <summary>Says it in lines, for a person.</summary>
    /// <returns>Lines of text.</returns>
    public override string ToString()
    {
        var text = new StringBuilder();
        void Line(FormattableString line) => text.AppendLine(line.ToString(CultureInfo.InvariantCulture));

        Line($"folder     {Folder}");
        if (Timeline is not null)
        {
            Line($"timeline   {Timeline.Id}, generation {(Timeline.Generations.Count == 0 ? 0 : Timeline.Current)}");
            Line($"entries    {Head - Floor} (offsets {Floor + 1} to {Head}) in {Batches} batches");
            Line($"state      {Rows} rows of {Owners} owners");
        }

        foreach (var damage in Damages)
            Line($"damage     {damage}");
        Line($"result     {(!IsHealthy ? "DAMAGED" : Timeline is null ? "empty: there is no journal here" : "ok")}");
        return text.ToString();
    }
}
