namespace OpenCode.Actors.Cells;

/// <summary>Times a turn. The clock costs as much as a small message, so it is read after the first one and then after every eighth, until one took noticeable time.</summary>
internal struct TurnClock(long now)
{
    private const int Stride = 8;

    private readonly long _began = now;
    private long _last = now;
    private int _untilDue;
    private bool _isSlow;

    /// <summary>Gets the milliseconds from the begin of the turn to the last reading.</summary>
    public readonly long Elapsed => _last - _began;

    /// <summary>Counts a message. True: read the clock now.</summary>
    public bool IsDue() => _isSlow || --_untilDue < 0;

    /// <summary>Takes a reading.</summary>
    /// <param name="milliseconds">The clock.</param>
    /// <returns>The milliseconds since the reading before: of the last message, or of up to eight that were quick so far.</returns>
    public long Read(long milliseconds)
    {
        var took = milliseconds - _last;
        _last = milliseconds;
        _isSlow = took > 0;
        _untilDue = Stride - 1;
        return took;
    }
}
