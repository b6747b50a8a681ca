using OpenCode.Actors.Sessions.Files;
using OpenCode.Actors.Sessions.Models;

namespace OpenCode.Actors.Models.Providers;

/// <summary>The bytes of an answer, up to a bound: an event is read into memory until its line ends, and an answer until it is complete.</summary>
internal sealed class BoundedAnswer(Stream answer) : ReadOnlyStream
{
    /// <summary>The longest line. The largest of real providers has the arguments of a call that writes a file.</summary>
    public const int LongestLine = 16 << 20;

    /// <summary>The longest answer: some hundred thousand tokens, each with the frame of its event.</summary>
    public const long MostBytes = 256L << 20;

    private long _total;
    private long _lineStart;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = await answer.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        return Count(buffer.Span[..count]);
    }

    public override int Read(byte[] buffer, int offset, int count) => Count(buffer.AsSpan(offset, answer.Read(buffer, offset, count)));

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            answer.Dispose();
        base.Dispose(disposing);
    }

    private int Count(ReadOnlySpan<byte> read)
    {
        if (read.LastIndexOfAny((byte)'\n', (byte)'\r') is >= 0 and var end)
            _lineStart = _total + end + 1;
        _total += read.Length;
        if (_total - _lineStart > LongestLine)
            throw new ModelException($"The model's stream has a line of more than {LongestLine >> 20} MiB.", retryable: false);
        if (_total > MostBytes)
            throw new ModelException($"The model's answer has more than {MostBytes >> 20} MiB.", retryable: false);
        return read.Length;
    }
}
