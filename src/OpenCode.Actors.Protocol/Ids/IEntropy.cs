namespace OpenCode.Actors.Protocol.Ids;

/// <summary>The door to randomness. In production it is the system's, in tests it comes from a seed.</summary>
public interface IEntropy
{
    /// <summary>Returns 64 random bits.</summary>
    ulong NextUInt64();

    /// <summary>Fills a buffer with random bytes.</summary>
    /// <param name="buffer">The buffer.</param>
    void Fill(Span<byte> buffer);
}
