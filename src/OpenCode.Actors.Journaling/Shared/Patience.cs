namespace OpenCode.Actors.Journaling.Shared;

/// <summary>How long to wait before asking a store again that does not answer: a little longer each time.</summary>
internal struct Patience
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Most = TimeSpan.FromMilliseconds(500);

    private TimeSpan _last;

    public TimeSpan Next() => _last = _last == default ? First : TimeSpan.FromTicks(Math.Min(Most.Ticks, _last.Ticks * 2));
}
