namespace OpenCode.Actors.Journal;

/// <summary>Sizes and times of a journal. Retention is section <c>server.event_stream</c> of <c>opencode.json</c>.</summary>
public sealed class JournalOptions
{
    /// <summary>Gets or sets how long entries can be read, at least, in milliseconds, if <see cref="RetainBytes"/> allows. State is kept for ever.</summary>
    /// <value>1,000 or more; one hour by default.</value>
    public long RetainMs { get; set; } = 3_600_000;

    /// <summary>Gets or sets how large the log may grow, in bytes, until its oldest entries go before their time.</summary>
    /// <value>1 MiB or more; 1 GiB by default.</value>
    public long RetainBytes { get; set; } = 1024L * 1024 * 1024;

    /// <summary>Gets or sets how much of the tail stays in memory, in bytes.</summary>
    /// <value>0 or more; 8 MiB by default.</value>
    public long RecentBytes { get; set; } = 8 * 1024 * 1024;

    /// <summary>Gets the kinds of rows that need the entries behind them: retention stops below the oldest such row (rule "Streamed text is state").</summary>
    public ISet<string> HoldKinds { get; } = new HashSet<string>(StringComparer.Ordinal);
}
