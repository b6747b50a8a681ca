using System.Globalization;
using System.Text;

namespace OpenCode.Actors.Journal.Checking;

/// <summary>What was found in a data folder, and what a start would do with it.</summary>
/// <param name="Folder">The data folder.</param>
/// <param name="Timeline">Which log it is; null if that cannot be read.</param>
/// <param name="Segments">The segments that can be read, in order.</param>
/// <param name="Snapshots">How many owners have a snapshot.</param>
/// <param name="TornBytes">Bytes at the end that were never synced as a whole: a start cuts them off.</param>
/// <param name="TornBecause">What is wrong with them; null if there are none.</param>
/// <param name="Damages">What is damaged or missing, the worst first; empty if nothing is.</param>
public sealed record JournalReport(
    string Folder, Timeline? Timeline, IReadOnlyList<SegmentReport> Segments, int Snapshots, long TornBytes, string? TornBecause, IReadOnlyList<JournalException> Damages)
{
    /// <summary>Gets a value indicating whether a start would accept the folder and every session in it could be read.</summary>
    public bool Healthy => Damages.Count == 0;

    /// <summary>Gets the offset of the last entry.</summary>
    public long Head => Segments.Count == 0 ? 0 : Segments[^1].LastOffset;

    /// <summary>Gets the last offset that is gone by retention.</summary>
    public long Floor => Segments.Count == 0 ? 0 : Segments[0].FirstOffset - 1;

    /// <summary>Says it in lines, for a person.</summary>
    /// <returns>Lines of text.</returns>
    public override string ToString()
    {
        var text = new StringBuilder();
        void Line(FormattableString line) => text.AppendLine(line.ToString(CultureInfo.InvariantCulture));

        Line($"folder     {Folder}");
        if (Timeline is not null)
            Line($"timeline   {Timeline.Id}, generation {(Timeline.Generations.Count == 0 ? 0 : Timeline.Current)}");
        foreach (var segment in Segments)
            Line($"segment    {segment.File}: offsets {segment.FirstOffset} to {segment.LastOffset}, {segment.Batches} batches, {segment.Bytes} bytes");
        Line($"entries    {Head - Floor} (offsets {Floor + 1} to {Head}) in {Segments.Sum(s => s.Batches)} batches");
        Line($"snapshots  {Snapshots}");
        if (TornBytes > 0 && Healthy)
            Line($"tail       {TornBytes} bytes were never synced ({TornBecause}): a start cuts them off, nothing acknowledged as durable is lost");
        foreach (var damage in Damages)
            Line($"damage     {damage.Message}");
        Line($"result     {(!Healthy ? "DAMAGED" : Timeline is null ? "empty: there is no journal here" : "ok")}");
        return text.ToString();
    }
}

/// <summary>One segment of the log.</summary>
/// <param name="File">The file, relative to the data folder.</param>
/// <param name="FirstOffset">The offset of its first entry.</param>
/// <param name="LastOffset">The offset of its last entry; one less than the first if it has none.</param>
/// <param name="Batches">How many good frames it has.</param>
/// <param name="Bytes">How many bytes of it are good.</param>
public sealed record SegmentReport(string File, long FirstOffset, long LastOffset, int Batches, long Bytes);
