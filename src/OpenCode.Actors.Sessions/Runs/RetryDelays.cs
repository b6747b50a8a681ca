using OpenCode.Actors.Sessions.Models;
using OpenCode.Actors.Sessions.Setup;

namespace OpenCode.Actors.Sessions.Runs;

/// <summary>How long to wait before a failed call of the model is tried again.</summary>
internal sealed class RetryDelays(SessionsOptions options)
{
    /// <summary>Gets how many calls of the step have failed.</summary>
    public int Failures { get; private set; }

    /// <summary>Gets a value indicating whether no retries are left (rule "Every wait ends").</summary>
    public bool AreSpent => Failures >= options.MaxRetries;

    /// <summary>Another step begins.</summary>
    public void Reset() => Failures = 0;

    /// <summary>Counts a failure and returns the wait: the provider's, or twice as long as the last one.</summary>
    public TimeSpan Next(ModelException cause)
    {
        var doublings = Math.Min(Failures++, 30);
        return cause.RetryAfter ?? TimeSpan.FromMilliseconds(Math.Min(options.RetryMaxMs, options.RetryMinMs * Math.Pow(2, doublings)));
    }
}
