namespace OpenCode.Actors.Server.Front;

/// <summary>The event streams that pass through a front, and how far each has written to its client what it has read from the holder.</summary>
/// <param name="time">The clock.</param>
/// <param name="writeTimeout">How long a client may take nothing before its connection is cut.</param>
internal sealed class PassingStreams(TimeProvider time, TimeSpan writeTimeout)
{
    // Rule "Order barrier": a stream that makes no progress for so long is not waited for.
    private static readonly TimeSpan _stuckLimit = TimeSpan.FromMilliseconds(250);

    // What the holder has sent arrives here, and what was written here arrives at the client, before an answer that leaves so much later on another connection.
    private static readonly TimeSpan _headStart = TimeSpan.FromMilliseconds(50);

    private readonly Lock _lock = new();
    private readonly HashSet<PassingStream> _streams = [];
    private readonly HashSet<Opening> _opening = [];

    /// <summary>Registers a client's request for a stream, until that is open at the holder or refused, and the registration is disposed.</summary>
    public IDisposable Open()
    {
        var opening = new Opening(this);
        lock (_lock)
            _opening.Add(opening);
        return opening;
    }

    /// <summary>Waits until the streams that clients have asked for by now are open. A client may prompt without waiting for its stream, and would miss the beginning of its turn where the stream takes the longer way.</summary>
    public async Task OpenedAsync(CancellationToken cancellationToken)
    {
        Task[] opening;
        lock (_lock)
            opening = [.. _opening.Select(static one => one.Over.Task)];
        if (opening.Length > 0)
            await WaitAsync(opening, cancellationToken);
    }

    /// <summary>Watches a stream until its request ends.</summary>
    /// <param name="client">Where its bytes go.</param>
    /// <param name="context">The request.</param>
    public Stream Pass(Stream client, HttpContext context)
    {
        var stream = new PassingStream(client, writeTimeout, time, context.Abort);
        lock (_lock)
            _streams.Add(stream);

        context.Response.OnCompleted(() =>
        {
            lock (_lock)
                _streams.Remove(stream);
            return stream.DisposeAsync().AsTask();
        });
        return stream;
    }

    /// <summary>Waits until all streams that make progress have written to their clients what they had read by now, and a moment more.</summary>
    public async Task FlushedAsync(CancellationToken cancellationToken)
    {
        if (!await WrittenAsync(cancellationToken))
            return;

        await Task.Delay(_headStart, time, cancellationToken);
        await WrittenAsync(cancellationToken);
    }

    // A stream reads again only when it has written: what it has read is in the write under way.
    private async Task<bool> WrittenAsync(CancellationToken cancellationToken)
    {
        Task[] writes;
        lock (_lock)
        {
            if (_streams.Count == 0)
                return false;
            writes = [.. _streams.Select(static stream => stream.Writing).Where(static write => !write.IsCompleted)];
        }

        await WaitAsync(writes, cancellationToken);
        return true;
    }

    private async Task WaitAsync(Task[] others, CancellationToken cancellationToken)
    {
        try
        {
            await Task.WhenAll(others).WaitAsync(_stuckLimit, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            // It goes on without them.
        }
    }

    private sealed class Opening(PassingStreams streams) : IDisposable
    {
        public TaskCompletionSource Over { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Dispose()
        {
            lock (streams._lock)
                streams._opening.Remove(this);
            Over.TrySetResult();
        }
    }
}
