using System.Text.Json.Serialization;

namespace OpenCode.Actors.Server.Locations.Files;

/// <summary>A line that matches, as <c>GET /find</c> lists it. Offsets count bytes of UTF-8.</summary>
internal sealed record LineMatch(
    LineMatch.Piece Path,
    LineMatch.Piece Lines,
    [property: JsonPropertyName("line_number")] int LineNumber,
    [property: JsonPropertyName("absolute_offset")] long AbsoluteOffset,
    IReadOnlyList<LineMatch.Submatch> Submatches)
{
    internal sealed record Piece(string Text);

    internal sealed record Submatch(Piece Match, int Start, int End);
}
