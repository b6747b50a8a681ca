using System.Buffers.Binary;
using OpenCode.Actors.Protocol.Ids;

namespace OpenCode.Actors.Tests.TestKit;

/// <summary>Randomness that is the same for the same seed (SplitMix64).</summary>
/// <param name="seed">Any number.</param>
public sealed class SeededEntropy(ulong seed) : IEntropy
{
    private ulong _state = seed;

    /// <inheritdoc/>
    public ulong NextUInt64()
    {
        var z = Interlocked.Add(ref _state, 0x9E3779B97F4A7C15);
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <inheritdoc/>
    public void Fill(Span<byte> buffer)
    {
        Span<byte> word = stackalloc byte[sizeof(ulong)];
        while (!buffer.IsEmpty)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(word, NextUInt64());
            var length = Math.Min(word.Length, buffer.Length);
            word[..length].CopyTo(buffer);
            buffer = buffer[length..];
        }
    }

    /// <summary>Returns a number from 0 (inclusive) to 1 (exclusive).</summary>
    public double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Returns a number from 0 (inclusive) to a bound (exclusive).</summary>
    /// <param name="max">1 or more.</param>
    public int Next(int max)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(max, 1);
        return (int)Math.BigMul(NextUInt64(), (ulong)max, out _);
    }
}
