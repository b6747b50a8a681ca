namespace OpenCode.Actors.Server.Front;

/// <summary>The client's end of an event stream that passes through a front: tells when what was given to it has been written.</summary>
/// <param name="client">Where the bytes go; written and flushed at once.</param>
internal sealed class PassingStream(Stream client) : Stream
{
    private volatile Task _writing = Task.CompletedTask;

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
        try
        {
            await client.WriteAsync(buffer, cancellationToken);
            await client.FlushAsync(cancellationToken);
        }
        finally
        {
            written.SetResult();
        }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task FlushAsync(CancellationToken cancellationToken) => client.FlushAsync(cancellationToken);

    public override void Flush() => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
