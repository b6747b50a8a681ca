namespace OpenCode.Actors;

/// <summary>Counts the failures of one child within the window of its supervisor. Touched by the parent only.</summary>
internal sealed class RestartHistory
{
    private int _failures;
    private long _opened;

    public bool MayRestart(int maxRetries, TimeSpan window, TimeProvider time)
    {
        if (maxRetries < 0)
            return true;

        var now = time.GetTimestamp();
        if (_failures == 0 || (window != Timeout.InfiniteTimeSpan && time.GetElapsedTime(_opened, now) > window))
        {
            _opened = now;
            _failures = 0;
        }

        return ++_failures <= maxRetries;
    }
}
