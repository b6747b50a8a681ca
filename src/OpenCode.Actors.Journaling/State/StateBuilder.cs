using System.Runtime.InteropServices;
using System.Text;
using OpenCode.Actors.Journaling.Segments;

namespace OpenCode.Actors.Journaling.State;

/// <summary>Fills the index from the frames of a scan.</summary>
internal sealed class StateBuilder(StateIndex index)
{
    private readonly List<PendingChange> _changes = [];

    public void Visit(Segment segment, in FrameHeader frame, long position, ReadOnlySpan<byte> body)
    {
        if (frame.ChangeCount == 0)
            return;

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

        index.Apply(CollectionsMarshal.AsSpan(_changes), segment, position, frame);
    }
}
