namespace OpenCode.Actors.Streams.Repaints;

/// <summary>What a client must know that begins without a cursor, or behind a gap.</summary>
/// <param name="Through">The offset it is exact for.</param>
/// <param name="Frames">Frames without ids, shared with other clients.</param>
internal sealed record Repaint(long Through, IReadOnlyList<byte[]> Frames);
