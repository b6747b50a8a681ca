namespace OpenCode.Actors.Protocol.Sessions;

/// <summary>Tokens used.</summary>
/// <param name="Input">Read by the model, those of the cache not counted.</param>
/// <param name="Output">Written by the model.</param>
/// <param name="Reasoning">Spent on reasoning.</param>
/// <param name="Cache">Read from and written to the provider's cache.</param>
/// <param name="Total">All of them as the provider counts; sessions have none.</param>
public sealed record Tokens(long Input, long Output, long Reasoning, CacheTokens Cache, long? Total = null)
{
    /// <summary>Gets no tokens.</summary>
    public static Tokens Zero { get; } = new(0, 0, 0, new CacheTokens(0, 0));

    /// <summary>Adds another use to this one.</summary>
    /// <param name="other">The other use.</param>
    /// <returns>The sum; it has a total only if both have.</returns>
    public Tokens Plus(Tokens other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return new(
            Input + other.Input,
            Output + other.Output,
            Reasoning + other.Reasoning,
            new CacheTokens(Cache.Read + other.Cache.Read, Cache.Write + other.Cache.Write),
            Total + other.Total);
    }
}

/// <summary>Tokens of a provider's cache.</summary>
/// <param name="Read">Found there.</param>
/// <param name="Write">Put there.</param>
public sealed record CacheTokens(long Read, long Write);
