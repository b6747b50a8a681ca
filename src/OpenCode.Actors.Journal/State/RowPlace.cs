using System.Runtime.InteropServices;
using OpenCode.Actors.Journal.Bodies;

namespace OpenCode.Actors.Journal.State;

/// <summary>Where the last write of a row is in the log. Many are kept, so it is 40 bytes.</summary>
/// <param name="Kind">Its kind, one string for all rows of it.</param>
/// <param name="Key">Its key, the owner's own string where they are equal.</param>
/// <param name="Segment">The segment it is in.</param>
/// <param name="Offset">The head right after its commit.</param>
/// <param name="Position">Where in the segment the row begins, with its checksum; for a deletion, where its frame begins.</param>
/// <param name="Bytes">Its length.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct RowPlace(string Kind, string Key, Segment Segment, long Offset, uint Position, int Bytes)
{
    /// <summary>Gets the place in the log.</summary>
    public long Place => Segment.PlaceOf(Position);
}
