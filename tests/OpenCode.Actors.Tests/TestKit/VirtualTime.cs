namespace OpenCode.Actors.Tests.TestKit;

/// <summary>A clock that is until it is moved. Timers fire one by one, each at its own time.</summary>
/// <remarks>
/// Begins at 2026-01-01T00:00:00Z. In a <see cref="SeededSystem"/> it is Akka's clock too: timers are steps there, and the system runs dry before the clock moves and after each timer.
/// Alone it fires timers inside <see cref="Advance"/>.
/// </remarks>
public sealed class VirtualTime : TimeProvider
{
    private static readonly DateTimeOffset _beginning = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly Lock _lock = new();
    private readonly PriorityQueue<VirtualAlarm, (long Due, long Order)> _alarms = new();
    private TaskCompletionSource? _timerStarted;
    private long _now;
    private long _order;

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <summary>Gets the time until the next timer fires; null when there is none.</summary>
    public TimeSpan? NextTimer => NextDue is { } due ? TimeSpan.FromTicks(Math.Max(0, due - GetTimestamp())) : null;

    /// <summary>Gets or sets the system whose clock this is.</summary>
    internal SeededSystem? Owner { get; set; }

    /// <summary>Gets the time of the next timer in ticks.</summary>
    internal long? NextDue
    {
        get
        {
            lock (_lock)
                return NextNeedsLock() is { } next ? next.Due : null;
        }
    }

    /// <summary>Returns when a timer waits for the clock: for code that begins to wait on another thread.</summary>
    public Task HasTimerAsync()
    {
        lock (_lock)
            return NextNeedsLock() is null ? (_timerStarted ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task : Task.CompletedTask;
    }

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
        if (Owner is { } system)
        {
            system.Advance(span);
            return;
        }

        var end = GetTimestamp() + span.Ticks;
        while (TakeDue(end) is { } alarm)
            Inlining.Run(alarm.Fire);
        MoveTo(end);
    }

    /// <summary>Starts an alarm.</summary>
    internal VirtualAlarm Start(TimeSpan dueTime, TimeSpan period, Action action, Func<bool>? isCancelled = null)
    {
        Owner?.CheckThread("a timer was started");
        var alarm = new VirtualAlarm(action, period, isCancelled);
        lock (_lock)
            EnqueueNeedsLock(alarm, _now + Math.Max(0, dueTime.Ticks));
        return alarm;
    }

    /// <summary>Moves the clock to the next alarm that is due by <paramref name="end"/> and returns it; null when there is none, and the clock stands still then.</summary>
    internal VirtualAlarm? TakeDue(long end)
    {
        lock (_lock)
        {
            if (NextNeedsLock() is not { } next || next.Due > end)
                return null;
            _alarms.Dequeue();
            Interlocked.Exchange(ref _now, Math.Max(_now, next.Due));
            if (next.Period > TimeSpan.Zero)
                EnqueueNeedsLock(next, next.Due + next.Period.Ticks);
            return next;
        }
    }

    /// <summary>Moves the clock without firing anything.</summary>
    internal void MoveTo(long ticks)
    {
        lock (_lock)
            Interlocked.Exchange(ref _now, Math.Max(_now, ticks));
    }

    /// <summary>Returns the first alarm that was not cancelled.</summary>
    private VirtualAlarm? NextNeedsLock()
    {
        while (_alarms.TryPeek(out var alarm, out _))
        {
            if (!alarm.IsCancelled)
                return alarm;
            _alarms.Dequeue();
        }

        return null;
    }

    private void EnqueueNeedsLock(VirtualAlarm alarm, long due)
    {
        alarm.Due = due;
        _alarms.Enqueue(alarm, (due, _order++));
        _timerStarted?.TrySetResult();
        _timerStarted = null;
    }

    private sealed class VirtualTimer(VirtualTime time, TimerCallback callback, object? state) : ITimer
    {
        private readonly Lock _lock = new();
        private VirtualAlarm? _alarm;
        private bool _isDisposed;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (_lock)
            {
                if (_isDisposed)
                    return false;
                _alarm?.Cancel();

                // As a timer of the system fires: without a context, so that what continues from it does so inside, and not on the pool.
                _alarm = dueTime == Timeout.InfiniteTimeSpan ? null : time.Start(dueTime, period, () => Inlining.Run(() => callback(state)));
                return true;
            }
        }

        public void Dispose()
        {
            lock (_lock)
            {
                _isDisposed = true;
                _alarm?.Cancel();
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
