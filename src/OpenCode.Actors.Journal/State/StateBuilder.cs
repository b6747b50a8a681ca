using System.Runtime.InteropServices;
using System.Text;
using OpenCode.Actors.Journal.Disks;
using OpenCode.Actors.Journal.Bodies;

namespace OpenCode.Actors.Journal.State;

/// <summary>Fills the index from the frames of a scan.</summary>
internal sealed class StateBuilder(IDisk disk, StateIndex index)
{
    private readonly List<PendingChange> _changes = [];

    public async ValueTask VisitAsync(Segment segment, FrameHeader frame, long position, ReadOnlyMemory<byte> body)
    {
        if (frame.ChangeCount == 0)
            return;

        Decode(body.Span);
        foreach (var change in _changes)
        {
            // What the snapshot has already is not taken in again: it would come out in another order.
            if (index.NeedsSnapshotPlace(change.Owner))
                index.ResolveSnapshot(change.Owner, await SnapshotFile.ReadPlaceAsync(disk, change.Owner).ConfigureAwait(false));
        }

        index.Apply(CollectionsMarshal.AsSpan(_changes), segment, position, frame);
    }

    private void Decode(ReadOnlySpan<byte> body)
    {
        var reader = new BodyReader(body);
        var entries = 0;
        _changes.Clear();
        while (reader.Next())
        {
            if (reader.Tag == RecordTag.Entry)
            {
                entries++;
                continue;
            }

            _changes.Add(new(
                Encoding.UTF8.GetString(reader.Kind),
                Encoding.UTF8.GetString(reader.Owner),
                Encoding.UTF8.GetString(reader.Key),
                entries,
                FrameHeader.Bytes + reader.RowPosition,
                reader.RowLength));
        }
    }
}
