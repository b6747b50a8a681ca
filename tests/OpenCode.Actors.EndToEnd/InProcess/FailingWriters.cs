using System.Globalization;
using Microsoft.AspNetCore.Http;
using OpenCode.Actors.Server.Sse;
using OpenCode.Actors.Streams.Clients;
using OpenCode.Actors.Streams.Frames;

namespace OpenCode.Actors.EndToEnd.InProcess;

/// <summary>Gives a writer that throws to each request that asks for one by the header <c>x-test-fail-at-write</c>; all others write into their sockets.</summary>
internal sealed class FailingWriters : ISseWriterFactory
{
    public const string Header = "x-test-fail-at-write";

    private int _thrown;

    /// <summary>Gets how many writes have thrown.</summary>
    public int Thrown => Volatile.Read(ref _thrown);

    public ISseWriter Create(HttpContext context, KestrelSseWriter socket) =>
        int.TryParse(context.Request.Headers[Header], CultureInfo.InvariantCulture, out var failAt) ? new FailingWriter(this, socket, failAt) : socket;

    private sealed class FailingWriter(FailingWriters all, KestrelSseWriter socket, int failAt) : ISseWriter
    {
        private int _writes;

        public ValueTask WriteAsync(FrameRun run, CancellationToken cancellationToken)
        {
            if (++_writes < failAt)
                return socket.WriteAsync(run, cancellationToken);

            Interlocked.Increment(ref all._thrown);
            throw new InvalidOperationException("The writer of this client is broken by the test.");
        }

        public void Reset(OpenCode.Actors.Streams.Clients.StreamEnd end) => socket.Reset(end);

        public ValueTask EndAsync() => socket.EndAsync();
    }
}
