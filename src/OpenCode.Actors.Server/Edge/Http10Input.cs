using System.Buffers;
using System.IO.Pipelines;

namespace OpenCode.Actors.Server.Edge;

/// <summary>The input of a connection. If its first line says HTTP/1.0, the requests pass through <see cref="Http10Lengths"/>; everything else is read unchanged.</summary>
internal sealed class Http10Input : PipeReader
{
    private readonly PipeReader _connection;
    private PipeReader _reader;
    private bool _isKnown;

    public Http10Input(PipeReader connection) => _reader = _connection = connection;

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) =>
        _isKnown ? _reader.ReadAsync(cancellationToken) : ReadFirstAsync(cancellationToken);

    public override bool TryRead(out ReadResult result) => _reader.TryRead(out result);

    public override void AdvanceTo(SequencePosition consumed) => _reader.AdvanceTo(consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => _reader.AdvanceTo(consumed, examined);

    public override void CancelPendingRead() => _reader.CancelPendingRead();

    public override void Complete(Exception? exception = null)
    {
        _reader.Complete(exception);
        if (!ReferenceEquals(_reader, _connection))
            _connection.CancelPendingRead(); // ends the copy: the request no longer reads its body
    }

    private async ValueTask<ReadResult> ReadFirstAsync(CancellationToken cancellationToken)
    {
        var read = await _connection.ReadAsync(cancellationToken);
        if (read.Buffer.PositionOf((byte)'\n') is not { } end)
            return read;

        _isKnown = true;
        if (!IsHttp10(read.Buffer.Slice(0, end)))
            return read;

        _connection.AdvanceTo(read.Buffer.Start);
        var pipe = new Pipe(new PipeOptions(useSynchronizationContext: false));
        _reader = pipe.Reader;
        _ = PassAsync(pipe.Writer);
        return await _reader.ReadAsync(cancellationToken);
    }

    private static bool IsHttp10(ReadOnlySequence<byte> line)
    {
        Span<byte> last = stackalloc byte[10];
        if (line.Length < last.Length)
            return false;

        line.Slice(line.Length - last.Length).CopyTo(last);
        return last.EndsWith("HTTP/1.0\r"u8) || last.EndsWith("HTTP/1.0"u8);
    }

    private async Task PassAsync(PipeWriter output)
    {
        Exception? failure = null;
        try
        {
            var requests = new Http10Lengths();
            for (var isOver = false; !isOver;)
            {
                var read = await _connection.ReadAsync();
                var waiting = requests.Pass(read.Buffer, read.IsCompleted, output);
                _connection.AdvanceTo(waiting.Start, read.Buffer.End);
                isOver = read.IsCompleted || (await output.FlushAsync()).IsCompleted || read.IsCanceled;
            }
        }
        catch (Exception e)
        {
            failure = e; // of the connection: the reader of the pipe gets it
        }

        await output.CompleteAsync(failure);
        await _connection.CompleteAsync(failure);
    }
}
