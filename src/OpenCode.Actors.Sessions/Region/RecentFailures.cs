using OpenCode.Actors.Protocol.Ids;

namespace OpenCode.Actors.Sessions.Region;

/// <summary>Which sessions failed in the last minute. One that failed three times is refused until the first of them is a minute ago (rule "A session never throws").</summary>
/// <remarks>May be called from any thread: sessions of a cluster share one.</remarks>
/// <param name="time">The clock.</param>
internal sealed class RecentFailures(TimeProvider time)
{
    private const int MaxFailures = 3;

    private static readonly TimeSpan _window = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<SessionId, Queue<DateTimeOffset>> _failures = [];

    /// <summary>Notes a failure.</summary>
    public void Add(SessionId id)
    {
        lock (_lock)
        {
            ForgetOldNeedsLock();
            if (!_failures.TryGetValue(id, out var failures))
                _failures.Add(id, failures = new Queue<DateTimeOffset>());
            failures.Enqueue(time.GetUtcNow());
        }
    }

    /// <summary>Returns how long a session is still refused; null when it is not.</summary>
    public TimeSpan? RefusedFor(SessionId id)
    {
        lock (_lock)
        {
            ForgetOldNeedsLock();
            return _failures.TryGetValue(id, out var failures) && failures.Count >= MaxFailures ? failures.Peek() + _window - time.GetUtcNow() : null;
        }
    }

    private void ForgetOldNeedsLock()
    {
        if (_failures.Count == 0)
            return;

        var since = time.GetUtcNow() - _window;
        foreach (var (id, failures) in _failures)
        {
            while (failures.TryPeek(out var first) && first <= since)
                failures.Dequeue();
            if (failures.Count == 0)
                _failures.Remove(id);
        }
    }
}
