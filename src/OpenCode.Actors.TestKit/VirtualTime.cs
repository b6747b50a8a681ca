namespace OpenCode.Actors.TestKit;

/// <summary>A clock that stands until it is moved. Timers fire one by one, each at its own time.</summary>
/// <remarks>Begins at 2026-01-01T00:00:00Z. In an <see cref="ActorKit"/> all mailboxes are run dry before the clock moves and after each timer.</remarks>
public sealed class VirtualTime : TimeProvider
{
    private static readonly DateTimeOffset _beginning = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly Lock _lock = new();
    private readonly PriorityQueue<Alarm, (long Due, long Order)> _alarms = new();
    private long _now;
    private long _order;

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <summary>Gets the time until the next timer fires; null when there is none.</summary>
    public TimeSpan? NextTimer
    {
        get
        {
            lock (_lock)
                return NextNeedsLock() is { } next ? TimeSpan.FromTicks(Math.Max(0, next.Due - _now)) : null;
        }
    }

    /// <summary>Gets or sets what runs between two timers.</summary>
    internal Action? Settle { get; set; }

    /// <inheritdoc/>
    public override long GetTimestamp() => Interlocked.Read(ref _now);

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => _beginning.AddTicks(GetTimestamp());

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var timer = new VirtualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Moves the clock. What becomes due on the way fires at its own time, also timers that are started on the way.</summary>
    /// <param name="span">Zero or more.</param>
    public void Advance(TimeSpan span)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(span, TimeSpan.Zero);
        Settle?.Invoke();
        var end = GetTimestamp() + span.Ticks;
        while (FireNext(end))
            Settle?.Invoke();
        Interlocked.Exchange(ref _now, end);
    }

    /// <summary>Moves the clock to the next timer and fires it, if it is due within the limit.</summary>
    /// <param name="limit">How far the clock may go.</param>
    /// <returns>False when there is no such timer; the clock stands still then.</returns>
    internal bool AdvanceToNext(TimeSpan limit) => FireNext(GetTimestamp() + limit.Ticks);

    private bool FireNext(long end)
    {
        VirtualTimer timer;
        lock (_lock)
        {
            if (NextNeedsLock() is not { } next || next.Due > end)
                return false;
            _alarms.Dequeue();
            Interlocked.Exchange(ref _now, Math.Max(_now, next.Due));
            timer = next.Timer;
            timer.Rearm(next);
        }

        timer.Fire();
        return true;
    }

    /// <summary>Returns the first alarm that was not cancelled or moved.</summary>
    private Alarm? NextNeedsLock()
    {
        while (_alarms.TryPeek(out var alarm, out _))
        {
            if (ReferenceEquals(alarm.Timer.Current, alarm))
                return alarm;
            _alarms.Dequeue();
        }

        return null;
    }

    private Alarm EnqueueNeedsLock(VirtualTimer timer, long due)
    {
        var alarm = new Alarm(timer, due);
        _alarms.Enqueue(alarm, (due, _order++));
        return alarm;
    }

    private sealed class Alarm(VirtualTimer timer, long due)
    {
        public VirtualTimer Timer { get; } = timer;

        public long Due { get; } = due;
    }

    private sealed class VirtualTimer(VirtualTime time, TimerCallback callback, object? state) : ITimer
    {
        private TimeSpan _period;
        private bool _isDisposed;

        public Alarm? Current { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (time._lock)
            {
                if (_isDisposed)
                    return false;
                _period = period;
                Current = dueTime == Timeout.InfiniteTimeSpan ? null : time.EnqueueNeedsLock(this, time._now + dueTime.Ticks);
                return true;
            }
        }

        public void Rearm(Alarm fired) =>
            Current = _period > TimeSpan.Zero ? time.EnqueueNeedsLock(this, fired.Due + _period.Ticks) : null;

        public void Fire() => callback(state);

        public void Dispose()
        {
            lock (time._lock)
            {
                _isDisposed = true;
                Current = null;
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
