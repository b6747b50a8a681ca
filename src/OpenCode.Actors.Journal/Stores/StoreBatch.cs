using System.Runtime.InteropServices;
using OpenCode.Actors.Journal.Tail;

namespace OpenCode.Actors.Journal.Stores;

/// <summary>What is sent to the store as one row, with the rows of state that go with it. The same object is sent again when its answer was lost.</summary>
/// <param name="Number">One more than the number of the batch before, of the same process.</param>
/// <param name="Generation">The life of the store that it belongs to.</param>
/// <param name="Fences">Claims that must hold, each once.</param>
/// <param name="EntryCount">Entries in the body; may be 0 when there are only changes.</param>
/// <param name="Body">The entries, encoded. Valid until the batch is decided.</param>
/// <param name="Changes">Changes in order, each row at most once.</param>
internal sealed record StoreBatch(
    long Number, long Generation, IReadOnlyList<Fence> Fences, int EntryCount, ReadOnlyMemory<byte> Body, IReadOnlyList<StoreChange> Changes)
{
    /// <summary>Gets a value indicating whether it has to survive a power cut once it is answered; else it has to survive the death of the process (rule "Durable before visible").</summary>
    public bool IsDurable { get; init; }

    /// <summary>Gets the keys of the large bodies that are deleted with it.</summary>
    public IReadOnlyList<string> UsedBodies { get; init; } = [];
}

/// <summary>The change of one row of state.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Owner">Its owner.</param>
/// <param name="Key">Its key.</param>
/// <param name="Json">The row; null deletes it.</param>
/// <param name="EntriesThrough">How many entries of the batch belong to it and to what is before it: its offset is that of the last of them.</param>
/// <param name="Anew">Whether the row was deleted before, within the batch: it gets a new place then.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct StoreChange(string Kind, string Owner, string Key, ReadOnlyMemory<byte>? Json, int EntriesThrough, bool Anew);

/// <summary>A batch was written.</summary>
/// <param name="First">The offset of its first entry, or of the next one if it has none.</param>
/// <param name="At">When, by the clock of the store.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct StoreCommit(long First, DateTimeOffset At);

/// <summary>A batch was written, and what others had written before it was read.</summary>
/// <param name="Commit">Where and when.</param>
/// <param name="Below">The batches from the one that was asked for, itself without its body, up to the new one. May be cut anywhere, or missing.</param>
internal sealed record StoreAppended(StoreCommit Commit, IReadOnlyList<StoredBatch> Below);

/// <summary>A batch as it is in the store.</summary>
/// <param name="First">The offset of its first entry.</param>
/// <param name="Count">How many entries it has.</param>
/// <param name="Generation">The generation that wrote it.</param>
/// <param name="At">When, by the clock of the store.</param>
/// <param name="Body">The entries, encoded.</param>
internal sealed record StoredBatch(long First, int Count, long Generation, DateTimeOffset At, ReadOnlyMemory<byte> Body)
{
    /// <summary>Gets the offset of its last entry.</summary>
    public long Last => First + Count - 1;

    /// <summary>True if another reading found this batch, and not one that another history of the store has in its place.</summary>
    public bool IsSame(StoredBatch? other) => other is not null && (other.First, other.Count, other.At) == (First, Count, At);

    /// <summary>True if batches begin with this one.</summary>
    public bool IsStartOf(IReadOnlyList<StoredBatch> batches) => batches.Count > 0 && IsSame(batches[0]);

    /// <summary>Converts the batch for readers of entries.</summary>
    /// <param name="body">Its body, kept.</param>
    public RecentBatch WithBody(ReadOnlyMemory<byte> body) => RecentBatch.Of(First, Count, At, body);
}

/// <summary>Batches of a reading.</summary>
/// <param name="Batches">The batches in order, the first perhaps without its body; may be empty.</param>
/// <param name="IsLast">Whether there was nothing more when it was read.</param>
/// <param name="Now">The clock of the store when it was read.</param>
internal sealed record StorePage(IReadOnlyList<StoredBatch> Batches, bool IsLast, DateTimeOffset Now);

/// <summary>Where the log begins and ends.</summary>
/// <param name="Head">The offset of the last entry.</param>
/// <param name="Floor">The last offset that is gone.</param>
/// <param name="Generation">The generation that runs.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct StoreEnds(long Head, long Floor, long Generation);

/// <summary>Which log is in the store, at one moment.</summary>
/// <param name="Timeline">The timeline and its generations.</param>
/// <param name="Ends">Where the log begins and ends.</param>
/// <param name="Found">The batch that begins where the one that was asked for does, without its body; null if there is none.</param>
internal sealed record StoreLife(Timeline Timeline, StoreEnds Ends, StoredBatch? Found);

/// <summary>What is where a batch was to be written.</summary>
/// <param name="Number">The number of the last batch of this process; null if the store does not know the process (any more).</param>
/// <param name="Last">Where that batch was written.</param>
/// <param name="Generation">The generation that runs.</param>
/// <param name="Stale">Those of the fences that do not hold, and so never will again: tokens only grow.</param>
internal sealed record StoreLook(long? Number, StoreCommit Last, long Generation, IReadOnlyList<Fence> Stale);
