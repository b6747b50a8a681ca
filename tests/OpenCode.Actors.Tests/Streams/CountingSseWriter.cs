using OpenCode.Actors.Streams.Frames;
using OpenCode.Actors.Streams.Clients;

namespace OpenCode.Actors.Tests.Streams;

/// <summary>A client that takes everything at once, copies it as a transport would, and keeps nothing but counts.</summary>
internal sealed class CountingSseWriter : ISseWriter
{
    private readonly byte[] _buffer = new byte[512 * 1024];

    public int Frames { get; private set; }

    public long Bytes { get; private set; }

    public ValueTask WriteAsync(FrameRun run, CancellationToken cancellationToken)
    {
        var at = 0;
        foreach (var frame in run.Frames)
        {
            frame.Span.CopyTo(_buffer.AsSpan(at));
            at += frame.Length;
        }

        Frames += run.Count;
        Bytes += at;
        return ValueTask.CompletedTask;
    }

    public void Reset(StreamEnd end)
    {
    }

    public ValueTask EndAsync() => ValueTask.CompletedTask;
}
