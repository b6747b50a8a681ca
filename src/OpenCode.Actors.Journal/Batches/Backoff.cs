using Microsoft.Extensions.Logging;

namespace OpenCode.Actors.Journal.Batches;

/// <summary>How long to wait before asking a store again that does not answer: a little longer each time.</summary>
internal struct Backoff
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Most = TimeSpan.FromMilliseconds(250);

    private TimeSpan _last;

    /// <summary>Gets how a failure is logged: the first of a row of them is news, the others are the same.</summary>
    public readonly LogLevel Level => _last == default ? LogLevel.Warning : LogLevel.Debug;

    public TimeSpan Next() => _last = _last == default ? First : TimeSpan.FromTicks(Math.Min(Most.Ticks, _last.Ticks * 2));
}
