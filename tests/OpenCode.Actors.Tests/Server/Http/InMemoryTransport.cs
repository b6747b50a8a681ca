using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace OpenCode.Actors.Tests.Server.Http;

/// <summary>Kestrel's connections without sockets: pairs of pipes.</summary>
internal sealed class InMemoryTransport : IConnectionListenerFactory, IConnectionListener
{
    private readonly Channel<ConnectionContext> _accepted = Channel.CreateUnbounded<ConnectionContext>();

    public EndPoint EndPoint { get; private set; } = new IPEndPoint(IPAddress.Loopback, 0);

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        EndPoint = endpoint;
        return ValueTask.FromResult<IConnectionListener>(this);
    }

    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default) =>
        await _accepted.Reader.WaitToReadAsync(cancellationToken) && _accepted.Reader.TryRead(out var connection) ? connection : null;

    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        _accepted.Writer.TryComplete();
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => UnbindAsync();

    /// <summary>Opens a connection and returns the client's end.</summary>
    public Stream Connect()
    {
        var toServer = new Pipe();
        var toClient = new Pipe();
        var connection = new Connection(toServer, toClient);
        if (!_accepted.Writer.TryWrite(connection))
            throw new IOException("Connection refused: the server does not listen any more.");

        return new DuplexStream(toClient.Reader, toServer.Writer, () => connection.ResetBy);
    }

    private sealed class Connection : DefaultConnectionContext, IMemoryPoolFeature
    {
        private readonly Pipe _toServer;
        private readonly Pipe _toClient;

        public Connection(Pipe toServer, Pipe toClient)
            : base(Guid.NewGuid().ToString("N")[..8], new Duplex(toServer.Reader, toClient.Writer), new Duplex(toClient.Reader, toServer.Writer))
        {
            (_toServer, _toClient) = (toServer, toClient);
            Features.Set<IMemoryPoolFeature>(this);
        }

        public MemoryPool<byte> MemoryPool => Blocks.Pool;

        public IOException? ResetBy { get; private set; }

        private readonly CancellationTokenSource _closed = new();

        public override CancellationToken ConnectionClosed => _closed.Token;

        public override void Abort(ConnectionAbortedException abortReason)
        {
            // What a reset does: both sides see an error.
            _toServer.Writer.Complete(abortReason);
            ResetBy = new IOException("Connection reset by peer.", abortReason);
            _toClient.Writer.Complete();
            _ = Task.Run(_closed.Cancel);
        }

        public override async ValueTask DisposeAsync()
        {
            await _toServer.Reader.CompleteAsync();
            await _toClient.Writer.CompleteAsync();
            await base.DisposeAsync();
        }
    }

    /// <summary>Kestrel asks for a block without saying how large, as its own pool allows.</summary>
    private sealed class Blocks : MemoryPool<byte>
    {
        public static Blocks Pool { get; } = new();

        public override int MaxBufferSize => 4_096;

        public override IMemoryOwner<byte> Rent(int minBufferSize = -1) => Shared.Rent(Math.Max(minBufferSize, MaxBufferSize));

        protected override void Dispose(bool disposing)
        {
        }
    }

    private sealed class Duplex(PipeReader input, PipeWriter output) : IDuplexPipe
    {
        public PipeReader Input { get; } = input;

        public PipeWriter Output { get; } = output;
    }
}
