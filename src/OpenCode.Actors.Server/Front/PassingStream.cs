namespace OpenCode.Actors.Server.Front;

/// <summary>The client's end of an event stream that passes through a front: reports when its data has been written, and cuts a client that reads nothing.</summary>
internal sealed class PassingStream : Stream
{
    private readonly Stream _client;
    private readonly TimeSpan _limit;
    private readonly ITimer _deadline;
    private volatile Task _writing = Task.CompletedTask;

    /// <summary>Makes it.</summary>
    /// <param name="client">Where the bytes go; written and flushed at once.</param>
    /// <param name="limit">How long one write may take.</param>
    /// <param name="time">The clock.</param>
    /// <param name="abort">Cuts the client's connection.</param>
    public PassingStream(Stream client, TimeSpan limit, TimeProvider time, Action abort)
    {
        (_client, _limit) = (client, limit);
        _deadline = time.CreateTimer(_ => abort(), state: null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Gets a task that ends with the write under way; it never fails.</summary>
    public Task Writing => _writing;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var written = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _writing = written.Task;
        _deadline.Change(_limit, Timeout.InfiniteTimeSpan);
        try
        {
            await _client.WriteAsync(buffer, cancellationToken);
            await _client.FlushAsync(cancellationToken);
        }
        finally
        {
            _deadline.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            written.SetResult();
        }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task FlushAsync(CancellationToken cancellationToken) => _client.FlushAsync(cancellationToken);

    public override void Flush() => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _deadline.Dispose();
        base.Dispose(disposing);
    }
}
