namespace OpenCode.Actors.Sessions.Setup;

/// <summary>Timings and limits of sessions and their runs.</summary>
public sealed class SessionsOptions
{
    /// <summary>Gets or sets after how much idleness, in milliseconds, a session leaves memory.</summary>
    /// <value>1,000 or more; 600,000 (10 min) by default.</value>
    public int PassivateAfterMs { get; set; } = 600_000;

    /// <summary>Gets or sets how many prompts of one session may wait for the run to take them up. Key <c>server.limits.queued_prompts</c>.</summary>
    /// <value>1 to 10,000; 64 by default.</value>
    public int MaxQueuedPrompts { get; set; } = 64;

    /// <summary>Gets or sets the silence, in milliseconds, after which a model's stream is cut and tried again. Key <c>server.limits.model_silence_ms</c>.</summary>
    /// <value>1,000 to 3,600,000; 120,000 by default: reasoning models may think that long before the first chunk.</value>
    public int ModelSilenceMs { get; set; } = 120_000;

    /// <summary>Gets or sets the wait, in milliseconds, before a failed model call is tried again for the first time; it doubles with each try.</summary>
    /// <value>1 or more; 2,000 by default. A provider's <c>Retry-After</c> goes before.</value>
    public int RetryMinMs { get; set; } = 2_000;

    /// <summary>Gets or sets the longest such wait, in milliseconds.</summary>
    /// <value>At least <see cref="RetryMinMs"/>; 30,000 by default.</value>
    public int RetryMaxMs { get; set; } = 30_000;

    /// <summary>Gets or sets how often a failed model call is tried again; then its error ends the turn.</summary>
    /// <value>0 to 100; 5 by default.</value>
    public int MaxRetries { get; set; } = 5;

    /// <summary>Gets or sets after how many streamed bytes (UTF-8) an open part is stored. One that is longer than eight times as much is stored after an eighth of its length.</summary>
    /// <value>1 to 16,384; 16,384 by default.</value>
    public int StoreTextBytes { get; set; } = 16_384;

    /// <summary>Gets or sets after how much streaming, in milliseconds, an open part is stored. A long one takes as much longer as it takes more bytes, 60,000 at most.</summary>
    /// <value>1 to 1,000; 1,000 by default.</value>
    public int StoreTextMs { get; set; } = 1_000;

    /// <summary>Gets or sets how long, in milliseconds, an endpoint waits for the answer to a command before it says that the session is unavailable.</summary>
    /// <value>1,000 or more; 30,000 by default.</value>
    public int AskTimeoutMs { get; set; } = 30_000;

    /// <summary>Gets or sets how many commands from outside may be under way at the same time; more are refused as unavailable.</summary>
    /// <value>1 or more; 10,000 by default.</value>
    public int MaxOutstandingCommands { get; set; } = 10_000;
}
