using System.Buffers;
using System.IO.Pipelines;
using OpenCode.Actors.Streams.Frames;
using OpenCode.Actors.Streams.Clients;

namespace OpenCode.Actors.Server.Sse;

/// <summary>Writes frames into Kestrel's own buffers, with one flush a run.</summary>
internal sealed class KestrelSseWriter(HttpContext context) : ISseWriter
{
    private readonly PipeWriter _body = context.Response.BodyWriter;
    private readonly Lock _lock = new();
    private bool _released;

    public ValueTask WriteAsync(FrameRun run, CancellationToken cancellationToken)
    {
        ValueTask<FlushResult> flush;
        lock (_lock)
            flush = _released ? throw new OperationCanceledException("The request is over.") : Send(run, cancellationToken);

        return flush.IsCompletedSuccessfully ? Check(flush.Result) : AwaitAsync(flush);
    }

    public void Reset(StreamEnd end)
    {
        lock (_lock)
        {
            if (!_released)
                context.Abort();
        }
    }

    public async ValueTask EndAsync()
    {
        // Rule "No clean end over HTTP/1.0": a response that announced more bytes than it sent ends in an error. Over HTTP/1.1 the end of the request ends the stream.
        if (context.Response.ContentLength is null)
            return;

        // A reset at once would take the last frame from the client.
        await SseResponse.UntilSentAsync(context, context.RequestServices.GetRequiredService<TimeProvider>());
        lock (_lock)
        {
            if (!_released)
                context.Abort();
        }
    }

    /// <summary>Releases the request: Kestrel reuses it for another client.</summary>
    public void Release()
    {
        lock (_lock)
            _released = true;
    }

    private ValueTask<FlushResult> Send(FrameRun run, CancellationToken cancellationToken)
    {
        if (run.Count == 1)
            return _body.WriteAsync(run[0], cancellationToken);

        foreach (var frame in run.Frames)
            _body.Write(frame.Span);

        return _body.FlushAsync(cancellationToken);
    }

    private async ValueTask AwaitAsync(ValueTask<FlushResult> flush) => await Check(await flush);

    // Kestrel takes bytes for a client that has gone, and drops them.
    private ValueTask Check(FlushResult result) => result.IsCompleted || result.IsCanceled || context.RequestAborted.IsCancellationRequested
        ? ValueTask.FromException(new OperationCanceledException("The client has gone."))
        : ValueTask.CompletedTask;
}
