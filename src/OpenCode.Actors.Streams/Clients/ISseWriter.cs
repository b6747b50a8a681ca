using OpenCode.Actors.Streams.Frames;

namespace OpenCode.Actors.Streams.Clients;

/// <summary>One client's response body. Called by one stream, one call at a time; <see cref="Reset"/> alone may come while a write is under way.</summary>
internal interface ISseWriter
{
    /// <summary>Writes whole frames and flushes once.</summary>
    /// <param name="run">Valid until the call returns, so its bytes are taken before anything is awaited. The frames are shared with other clients: never change them.</param>
    /// <param name="cancellationToken">Cancelled when the client's actor stops.</param>
    /// <returns>Ends when the transport took all bytes and has room for more. Ended on return is the fast path.</returns>
    /// <exception cref="OperationCanceledException">The client is gone.</exception>
    /// <exception cref="IOException">Writing failed. As after every exception, the stream is reset, since a part may have been written.</exception>
    ValueTask WriteAsync(FrameRun run, CancellationToken cancellationToken);

    /// <summary>Cuts the connection so that the client sees an error and reconnects. May be called twice, and after the client has gone; never throws.</summary>
    void Reset(StreamEnd end);

    /// <summary>Ends the response cleanly. SDK clients do not reconnect after it.</summary>
    /// <returns>Ends when the transport took the end.</returns>
    ValueTask EndAsync();
}
