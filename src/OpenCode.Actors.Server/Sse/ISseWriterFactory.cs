using OpenCode.Actors.Streams.Clients;

namespace OpenCode.Actors.Server.Sse;

/// <summary>Makes the writer of a stream. A test puts a writer that fails in place of the one over Kestrel.</summary>
internal interface ISseWriterFactory
{
    /// <summary>Makes the writer of one response.</summary>
    /// <param name="context">The request.</param>
    /// <param name="socket">Writes into the response of the request.</param>
    ISseWriter Create(HttpContext context, KestrelSseWriter socket);
}

/// <summary>Writes straight into the response.</summary>
internal sealed class KestrelSseWriterFactory : ISseWriterFactory
{
    public ISseWriter Create(HttpContext context, KestrelSseWriter socket) => socket;
}
