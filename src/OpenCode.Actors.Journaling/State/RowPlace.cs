using System.Runtime.InteropServices;
using OpenCode.Actors.Journaling.Segments;

namespace OpenCode.Actors.Journaling.State;

/// <summary>Where the last write of a row is in the log. Many are kept, so it is 40 bytes.</summary>
/// <param name="Kind">Its kind, one string for all rows of it.</param>
/// <param name="Key">Its key, the owner's own string where they are equal.</param>
/// <param name="Segment">The segment it is in.</param>
/// <param name="Offset">The head right after its commit.</param>
/// <param name="Position">Where in the segment the row begins, with its checksum; for a deletion, where its frame begins.</param>
/// <param name="Size">Its length in bytes; -1 deleted; below that, -2 less the length of a row that was deleted and written again.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct RowPlace(string Kind, string Key, Segment Segment, long Offset, uint Position, int Size)
{
    public const int DeletedSize = -1;

    /// <summary>Gets a value indicating whether the row is deleted; kept only to hide one of the snapshot.</summary>
    public bool Deleted => Size == DeletedSize;

    /// <summary>Gets a value indicating whether it was deleted before: it does not take the place of the row of that key in the snapshot, but comes behind all.</summary>
    public bool Reborn => Size < DeletedSize;

    /// <summary>Gets the length of the row, in bytes.</summary>
    public int Bytes => Size >= 0 ? Size : -2 - Size;

    /// <summary>Gets the place in the log.</summary>
    public long Place => Segment.PlaceOf(Position);

    public RowPlace AsReborn() => Reborn ? this : this with { Size = -2 - Size };
}
