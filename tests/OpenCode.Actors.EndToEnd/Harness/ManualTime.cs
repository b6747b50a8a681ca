namespace OpenCode.Actors.EndToEnd.Harness;

/// <summary>A clock that is until it is moved, for a journal that runs on real threads. A timer that became due fires once for each move.</summary>
internal sealed class ManualTime : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly List<ManualTimer> _timers = [];
    private readonly DateTimeOffset _beginning = DateTimeOffset.UtcNow;
    private TimeSpan _passed;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>Gets the time until the next timer is due; null when there is none.</summary>
    public TimeSpan? NextTimer
    {
        get
        {
            lock (_gate)
                return _timers.Where(timer => timer.Due < TimeSpan.MaxValue).Min(timer => (TimeSpan?)timer.Due) - _passed;
        }
    }

    public override DateTimeOffset GetUtcNow()
    {
        lock (_gate)
            return _beginning + _passed;
    }

    public override long GetTimestamp()
    {
        lock (_gate)
            return _passed.Ticks;
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    public void Advance(TimeSpan time)
    {
        ManualTimer[] due;
        lock (_gate)
        {
            _passed += time;
            due = [.. _timers.Where(timer => timer.Due <= _passed)];
            foreach (var timer in due)
                timer.Due = timer.Period == Timeout.InfiniteTimeSpan ? TimeSpan.MaxValue : _passed + timer.Period;
        }

        foreach (var timer in due)
            timer.Fire();
    }

    private sealed class ManualTimer(ManualTime time, Action fire) : ITimer
    {
        public TimeSpan Due { get; set; } = TimeSpan.MaxValue;

        public TimeSpan Period { get; private set; } = Timeout.InfiniteTimeSpan;

        public void Fire() => fire();

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (time._gate)
            {
                (Due, Period) = (dueTime == Timeout.InfiniteTimeSpan ? TimeSpan.MaxValue : time._passed + dueTime, period);
                if (!time._timers.Contains(this))
                    time._timers.Add(this);
            }

            return true;
        }

        public void Dispose()
        {
            lock (time._gate)
                time._timers.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
