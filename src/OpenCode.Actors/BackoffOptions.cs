namespace OpenCode.Actors;

/// <summary>When and how often a <see cref="BackoffSupervisor"/> starts its child again.</summary>
/// <param name="MinBackoff">The first delay; greater than zero.</param>
/// <param name="MaxBackoff">The longest delay, before the random part is added; at least <paramref name="MinBackoff"/>.</param>
/// <param name="RandomFactor">0 or more: up to this part of the delay is added at random, so that many do not come back at once. 0.2 by default.</param>
public sealed record BackoffOptions(TimeSpan MinBackoff, TimeSpan MaxBackoff, double RandomFactor = 0.2)
{
    /// <summary>Gets what is waited out.</summary>
    public BackoffTrigger Trigger { get; init; } = BackoffTrigger.Failure;

    /// <summary>Gets the number of starts in a row after which the supervisor gives up and stops; null: never.</summary>
    public int? MaxRestarts { get; init; }

    /// <summary>Gets how long the child must run before the delay begins at the minimum again; <see cref="MinBackoff"/> when null.</summary>
    public TimeSpan? ResetAfter { get; init; }

    /// <summary>Gets a value indicating whether only <see cref="BackoffSupervisor.ResetBackoff"/> resets the delay.</summary>
    public bool ManualReset { get; init; }

    /// <summary>Gets how many messages wait while the child is down. The others, all when 0, are dead letters.</summary>
    public int StashCapacity { get; init; } = 1_000;

    /// <summary>Returns min(max, min·2^n)·(1 + random·factor).</summary>
    /// <param name="restarts">n, the number of starts in a row so far.</param>
    /// <param name="random">From 0 to 1.</param>
    public TimeSpan DelayFor(int restarts, double random)
    {
        // 2^30 times any delay is longer than any maximum that makes sense, and the product stays within a double's exact range.
        var delay = Math.Min(MaxBackoff.Ticks, MinBackoff.Ticks * Math.Pow(2, Math.Min(restarts, 30)));
        return TimeSpan.FromTicks((long)(delay * (1 + (random * RandomFactor))));
    }
}

/// <summary>What makes a <see cref="BackoffSupervisor"/> wait and start its child again.</summary>
public enum BackoffTrigger
{
    /// <summary>The child failed. A child that stops itself ends the supervisor too.</summary>
    Failure,

    /// <summary>The child ended, for whatever reason.</summary>
    Stop,
}
