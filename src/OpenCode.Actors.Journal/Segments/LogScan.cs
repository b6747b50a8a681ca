using System.Buffers.Binary;
using OpenCode.Actors.Journal.Disks;

namespace OpenCode.Actors.Journal.Bodies;

/// <summary>Reads the whole log at start, or for a check, and decides what the first bad place means (RULES B1). Changes nothing.</summary>
/// <param name="disk">The disk.</param>
/// <param name="timelineId">The log all segments must belong to; null if it is not known.</param>
/// <param name="knownSynced">A place up to which the log is known to be synced.</param>
/// <param name="mode">How the segments are opened.</param>
/// <param name="visit">Is given every good frame, in order.</param>
internal sealed class LogScan(IDisk disk, string? timelineId, long knownSynced, DiskFileMode mode, LogScan.Visitor visit) : IDisposable
{
    private const int BufferBytes = 1024 * 1024;

    private readonly List<Segment> _segments = [];
    private long _syncedUpTo = knownSynced;
    private long _generation;

    public delegate ValueTask Visitor(Segment segment, FrameHeader frame, long position, ReadOnlyMemory<byte> body);

    /// <summary>Gets the good segments in order; the caller takes over their files with <see cref="TakeSegments"/>.</summary>
    public IReadOnlyList<Segment> Segments => _segments;

    public long Head => _segments.Count == 0 ? 0 : _segments[^1].LastOffset;

    /// <summary>Gets the place behind the last good frame.</summary>
    public long EndPlace => _segments.Count == 0 ? 0 : _segments[^1].EndPlace;

    /// <summary>Gets how many bytes at the end of the last segment are an un-synced tail.</summary>
    public long TornBytes { get; private set; }

    /// <summary>Gets why the frame at the cut is no good.</summary>
    public string? TornBecause { get; private set; }

    /// <summary>Gets the files behind the end that were being made and hold nothing.</summary>
    public List<string> Unfinished { get; } = [];

    /// <summary>Gets why the log cannot be used; null if it can.</summary>
    public JournalCorruptException? Damage { get; private set; }

    public async ValueTask RunAsync(CancellationToken cancellationToken)
    {
        var names = new List<(string Path, long FirstOffset)>();
        foreach (var name in disk.List(SegmentHeader.Folder))
        {
            if (SegmentHeader.TryParseName(name, out var firstOffset))
                names.Add(($"{SegmentHeader.Folder}/{name}", firstOffset));
        }

        for (var i = 0; i < names.Count; i++)
        {
            if (!await ScanSegmentAsync(names[i].Path, names[i].FirstOffset, cancellationToken).ConfigureAwait(false))
            {
                await LookBehindAsync(names, i + 1, cancellationToken).ConfigureAwait(false);
                break;
            }
        }

        if (Damage is null && EndPlace < _syncedUpTo)
        {
            var last = _segments.Count == 0 ? null : _segments[^1];
            Damage = Damaged(
                last?.Header.Path ?? SegmentHeader.Folder + "/",
                last?.Length ?? 0,
                $"{TornBecause ?? "the log ends here"}, but {_syncedUpTo - EndPlace} bytes of log behind it had been synced");
        }
    }

    public IReadOnlyList<Segment> TakeSegments()
    {
        var taken = _segments.ToArray();
        _segments.Clear();
        return taken;
    }

    public void Dispose()
    {
        foreach (var segment in _segments)
            segment.File.Dispose();
    }

    private static JournalCorruptException Damaged(string path, long position, string what) => new(
        path,
        position,
        what,
        "What stands before it is whole. Restore the data folder from a backup; or move the file away and start with an empty folder, which loses all sessions.");

    /// <summary>Scans one segment.</summary>
    /// <returns>False if it is the last that can be read.</returns>
    private async ValueTask<bool> ScanSegmentAsync(string path, long firstOffset, CancellationToken cancellationToken)
    {
        var file = disk.Open(path, mode);
        var fileLength = file.Length;
        if (await ReadHeaderAsync(file, path, cancellationToken).ConfigureAwait(false) is not { } header)
        {
            file.Dispose();

            // The header is synced before the first frame is written: a file without frames was being made.
            if (fileLength <= SegmentHeader.Bytes)
                Unfinished.Add(path);
            else
                Damage = Damaged(path, 0, "the header of the segment is damaged");

            return false;
        }

        var segment = new Segment(header, file);
        if (WrongPlace(header, firstOffset) is { } wrong)
        {
            file.Dispose();
            Damage = Damaged(path, 0, wrong);
            return false;
        }

        _segments.Add(segment);
        _syncedUpTo = Math.Max(_syncedUpTo, header.Base);
        using var cursor = new FrameCursor(file, header, SegmentHeader.Bytes, fileLength, (int)Math.Min(BufferBytes, fileLength));
        cursor.Expect(header.FirstOffset, _generation);
        while (await cursor.MoveNextAsync(cancellationToken).ConfigureAwait(false) && await cursor.ReadBodyAsync(cancellationToken).ConfigureAwait(false))
        {
            var frame = cursor.Frame;
            _syncedUpTo = Math.Max(_syncedUpTo, frame.SyncedUpTo);
            _generation = frame.Generation;
            segment.Add(frame);
            await visit(segment, frame, cursor.Position, cursor.Body).ConfigureAwait(false);
        }

        if (cursor.Fault is null)
            return true;

        TornBytes = fileLength - segment.Length;
        TornBecause = cursor.Fault;
        await LookForHeadersAsync(segment, fileLength, cancellationToken).ConfigureAwait(false);
        return false;
    }

    private string? WrongPlace(SegmentHeader header, long firstOffset)
    {
        if (timelineId is not null && header.TimelineId != timelineId)
            return $"it belongs to the log '{header.TimelineId}', the folder to '{timelineId}'";

        if (header.FirstOffset != firstOffset)
            return $"by its header it begins with offset {header.FirstOffset}";

        return _segments.Count > 0 && (header.FirstOffset != Head + 1 || header.Base != EndPlace)
            ? $"it does not go on from offset {Head}, where '{_segments[^1].Header.Path}' ends: a file is missing or too short"
            : null;
    }

    /// <summary>Looks for what later files say about how far the log had been synced.</summary>
    private async ValueTask LookBehindAsync(List<(string Path, long FirstOffset)> names, int first, CancellationToken cancellationToken)
    {
        for (var i = first; i < names.Count && Damage is null; i++)
        {
            using var file = disk.Open(names[i].Path, DiskFileMode.Read);
            if (await ReadHeaderAsync(file, names[i].Path, cancellationToken).ConfigureAwait(false) is { } header)
                _syncedUpTo = Math.Max(_syncedUpTo, header.Base);
            else if (file.Length > SegmentHeader.Bytes)
                Damage = Damaged(names[i].Path, 0, "the header of the segment is damaged");
            else
                Unfinished.Add(names[i].Path);
        }
    }

    /// <summary>Looks for headers behind a bad frame, at any byte: each says how far the log had been synced.</summary>
    private async ValueTask LookForHeadersAsync(Segment segment, long fileLength, CancellationToken cancellationToken)
    {
        var magic = new byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(magic, FrameHeader.Magic);
        var buffer = new byte[Math.Min(BufferBytes, fileLength - segment.Length)];
        for (var from = segment.Length; from < fileLength; from += BufferBytes - FrameHeader.Bytes)
        {
            var read = await segment.File.ReadAsync(from, buffer, cancellationToken).ConfigureAwait(false);
            var at = 0;
            for (int step; (step = buffer.AsSpan(at, read - at).IndexOf(magic)) >= 0; at++)
            {
                at += step;
                if (FrameHeader.TryRead(buffer.AsSpan(at, read - at), segment.Header.Salt, segment.PlaceOf(from + at), out var frame))
                    _syncedUpTo = Math.Max(_syncedUpTo, frame.SyncedUpTo);
            }
        }
    }

    private static async ValueTask<SegmentHeader?> ReadHeaderAsync(IDiskFile file, string path, CancellationToken cancellationToken)
    {
        var bytes = new byte[SegmentHeader.Bytes];
        var read = await file.ReadAsync(0, bytes, cancellationToken).ConfigureAwait(false);
        return SegmentHeader.TryRead(bytes.AsSpan(0, read), path);
    }
}
