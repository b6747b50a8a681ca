using System.Runtime.InteropServices;

namespace OpenCode.Actors.Journal.Tail;

/// <summary>A committed batch. Its reader makes the entries, of what was appended here or of the body that was read.</summary>
/// <param name="First">The offset of its first entry.</param>
/// <param name="Count">How many entries it has.</param>
/// <param name="At">When it was committed.</param>
/// <param name="Bytes">How long its body is.</param>
/// <param name="Body">The body.</param>
/// <param name="Drafts">What was appended; null where the body is what there is.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct RecentBatch(long First, int Count, DateTimeOffset At, int Bytes, ReadOnlyMemory<byte> Body, EntryDraft[]? Drafts)
{
    /// <summary>Gets the offset of its last entry.</summary>
    public long Last => First + Count - 1;

    /// <summary>A batch that was appended here: nothing of it is copied.</summary>
    public static RecentBatch Of(long first, DateTimeOffset at, EntryDraft[] drafts, int bytes) => new(first, drafts.Length, at, bytes, default, drafts);

    /// <summary>A batch that was read; its body is not used for anything else any more.</summary>
    public static RecentBatch Of(long first, int count, DateTimeOffset at, ReadOnlyMemory<byte> body) => new(first, count, at, body.Length, body, null);
}
