using System.Runtime.InteropServices;

namespace OpenCode.Actors.Journaling.Segments;

/// <summary>The body of a committed batch.</summary>
/// <param name="First">The offset of its first entry.</param>
/// <param name="Count">How many entries it has.</param>
/// <param name="At">When it was committed.</param>
/// <param name="Bytes">The records.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct CommittedBody(long First, int Count, DateTimeOffset At, ReadOnlyMemory<byte> Bytes)
{
    /// <summary>Gets the offset of its last entry.</summary>
    public long Last => First + Count - 1;
}
