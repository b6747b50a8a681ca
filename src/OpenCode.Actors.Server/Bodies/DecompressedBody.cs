using OpenCode.Actors.Server.Errors;
using OpenCode.Actors.Sessions.Files;

namespace OpenCode.Actors.Server.Bodies;

/// <summary>A body that the client compressed. The limit of bodies holds for its decompressed size too.</summary>
/// <param name="decoder">Decompresses.</param>
/// <param name="encoding">Its name, for the message.</param>
/// <param name="limit">How many bytes may come out.</param>
internal sealed class DecompressedBody(Stream decoder, string encoding, long limit) : ReadOnlyStream
{
    private long _readBytes;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int count;
        try
        {
            count = await decoder.ReadAsync(buffer, cancellationToken);
        }
        catch (Exception e) when (e is InvalidDataException or InvalidOperationException)
        {
            throw new RefusedBodyException(StatusCodes.Status400BadRequest, $"The body is no valid {encoding}. Nothing was done; send it again, or without an encoding.");
        }

        _readBytes += count;
        return _readBytes <= limit ? count : throw new RefusedBodyException(StatusCodes.Status413PayloadTooLarge, "The decompressed body is larger than server.limits.body_bytes allows. Nothing was done; send less, or raise that limit.");
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            decoder.Dispose();
        base.Dispose(disposing);
    }
}
