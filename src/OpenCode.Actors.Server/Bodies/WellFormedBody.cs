using OpenCode.Actors.Protocol.Json;
using OpenCode.Actors.Sessions.Files;

namespace OpenCode.Actors.Server.Bodies;

/// <summary>A body without halves of surrogate pairs: opencode takes them, as U+FFFD.</summary>
/// <param name="body">The client's request.</param>
internal sealed class WellFormedBody(Stream body) : ReadOnlyStream
{
    private readonly byte[] _bytes = new byte[4_096];

    // Of the bytes: where they begin, how many are decided, how many there are.
    private int _next;
    private int _decided;
    private int _held;
    private bool _isOver;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty)
            return 0;

        while (_decided == 0 && !_isOver)
        {
            _bytes.AsSpan(_next, _held).CopyTo(_bytes);
            _next = 0;
            var count = await body.ReadAsync(_bytes.AsMemory(_held), cancellationToken);
            _isOver = count == 0;
            _held += count;
            _decided = LoneSurrogates.Replace(_bytes.AsSpan(0, _held), _isOver);
        }

        var given = Math.Min(_decided, buffer.Length);
        _bytes.AsSpan(_next, given).CopyTo(buffer.Span);
        _next += given;
        _decided -= given;
        _held -= given;
        return given;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            body.Dispose();
        base.Dispose(disposing);
    }
}
