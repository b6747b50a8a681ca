using OpenCode.Actors.Journaling.Segments;

namespace OpenCode.Actors.Journaling.Shared;

/// <summary>Makes entries of the batches of other processes. Not thread-safe: who follows the log and who appends to it have one each.</summary>
internal sealed class BatchDecoder
{
    private readonly EntryDecoder _entries = new();
    private readonly BodySlab _bodies = new();

    public void Decode(StoredBatch batch, List<LogEntry> into)
    {
        var kept = _bodies.Keep(batch.Body);
        var body = new BodyReader(kept.Span);
        var offset = batch.First;
        while (body.Next())
            into.Add(_entries.Read(ref body, offset++, batch.At, kept));

        if (offset != batch.Last + 1)
            throw new InvalidDataException($"The batch at {batch.First} should have {batch.Count} entries; its body has {offset - batch.First}.");
    }
}
