namespace OpenCode.Actors.Clustering.Entry;

/// <summary>When a held command is sent again: after pauses that double, 100 ms to 1 s.</summary>
internal sealed class ResendPace
{
    private static readonly TimeSpan _first = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan _longest = TimeSpan.FromSeconds(1);

    // The coordinator hears of a lost member at about the same time: what comes before is sent to where the shard was.
    private static readonly TimeSpan _afterLoss = TimeSpan.FromMilliseconds(25);

    private TimeSpan _next = _first;

    /// <summary>Returns the next pause.</summary>
    public TimeSpan Next()
    {
        var pause = _next;
        _next = pause * 2 < _longest ? pause * 2 : _longest;
        return pause;
    }

    /// <summary>Begins again: another step is sent.</summary>
    public void Restart() => _next = _first;

    /// <summary>Begins again after a change of members.</summary>
    public void RestartAfterLoss() => _next = _afterLoss;
}
