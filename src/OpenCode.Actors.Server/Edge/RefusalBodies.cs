using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Connections;
using OpenCode.Actors.Protocol.Errors;
using OpenCode.Actors.Protocol.Json;

namespace OpenCode.Actors.Server.Edge;

/// <summary>A connection on which a POST of HTTP/1.0 needs no length (<see cref="Http10Input"/>), and Kestrel's own refusals get a body: a request that it cannot parse reaches no middleware, and its answer would be a bare status.</summary>
/// <remarks>Everything else passes as it is. Our own errors are distinguished by their body: an empty 4xx that closes the connection is Kestrel's.</remarks>
internal sealed class RefusalBodies(IDuplexPipe connection) : PipeWriter, IDuplexPipe
{
    private static readonly byte[] _nothingInBody = "Content-Length: 0\r\n"u8.ToArray();

    private readonly PipeWriter _output = connection.Output;
    private Memory<byte> _lent;

    public PipeReader Input { get; } = new Http10Input(connection.Input);

    public PipeWriter Output => this;

    public override bool CanGetUnflushedBytes => _output.CanGetUnflushedBytes;

    public override long UnflushedBytes => _output.UnflushedBytes;

    /// <summary>Part of Kestrel's pipeline of a connection.</summary>
    public static Task UseAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        connection.Transport = new RefusalBodies(connection.Transport);
        return next(connection);
    }

    public override Memory<byte> GetMemory(int sizeHint = 0) => _lent = _output.GetMemory(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public override void Advance(int bytes)
    {
        var written = _lent.Span[..bytes];
        _lent = _lent[bytes..]; // The caller may go on in what it was given and has not used.
        if (written.StartsWith("HTTP/1.1 4"u8) && written.IndexOf(_nothingInBody) is > 0 and var at && written.IndexOf("\r\nConnection: close\r\n"u8) > 0)
            Explain(written.ToArray(), at);
        else
            _output.Advance(bytes);
    }

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => _output.FlushAsync(cancellationToken);

    public override void CancelPendingFlush() => _output.CancelPendingFlush();

    public override void Complete(Exception? exception = null) => _output.Complete(exception);

    public override ValueTask CompleteAsync(Exception? exception = null) => _output.CompleteAsync(exception);

    /// <summary>Rewrites Kestrel's refusal with a body.</summary>
    private void Explain(ReadOnlySpan<byte> refusal, int at)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(NamedError.BadRequest(Reason(refusal["HTTP/1.1 ".Length..][..3]), BadRequestKinds.Params), ProtocolJson.Wire.NamedError);
        _output.Write(refusal[..at]);
        _output.Write(Encoding.ASCII.GetBytes($"Content-Type: application/json\r\nContent-Length: {body.Length}\r\n"));
        _output.Write(refusal[(at + _nothingInBody.Length)..]);
        _output.Write(body);
    }

    private static string Reason(ReadOnlySpan<byte> status) => status switch
    {
        [(byte)'4', (byte)'0', (byte)'8'] => "The request did not come to its end in time. Nothing was done; send it again on a new connection.",
        [(byte)'4', (byte)'1', (byte)'3'] => "The body is larger than server.limits.body_bytes allows. Nothing was done.",
        [(byte)'4', (byte)'1', (byte)'4'] => "The line of the request is longer than 8 KiB. Nothing was done; put what is long into the body.",
        [(byte)'4', (byte)'3', (byte)'1'] => "The headers are longer than 32 KiB, or more than 100. Nothing was done; send fewer.",
        _ => "This is no request that the server can read: its line, a header or the length of its body is malformed, or its path has a NUL (%00). Nothing was done.",
    };
}
