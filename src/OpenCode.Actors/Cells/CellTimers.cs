namespace OpenCode.Actors.Cells;

/// <summary>The timers of one cell. The generation is the entry itself: a tick of an entry that is no longer in the table is void.</summary>
internal sealed class CellTimers(ActorCell cell) : ITimers
{
    private readonly Dictionary<object, Entry> _entries = [];

    public void StartSingle(object key, object message, TimeSpan delay)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(delay, TimeSpan.Zero);
        Start(key, message, delay, Kind.Single);
    }

    public void StartWithFixedDelay(object key, object message, TimeSpan delay)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(delay, TimeSpan.Zero);
        Start(key, message, delay, Kind.FixedDelay);
    }

    public void StartAtFixedRate(object key, object message, TimeSpan interval)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(interval, TimeSpan.Zero);
        Start(key, message, interval, Kind.FixedRate);
    }

    public void Cancel(object key)
    {
        if (_entries.Remove(key, out var entry))
            entry.Dispose();
    }

    public void CancelAll()
    {
        foreach (var entry in _entries.Values)
            entry.Dispose();
        _entries.Clear();
    }

    public bool IsActive(object key) => _entries.ContainsKey(key);

    private void Start(object key, object message, TimeSpan span, Kind kind)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(message);
        Cancel(key);
        var entry = new Entry(this, cell, key, message, span, kind);
        _entries.Add(key, entry);
        entry.Arm();
    }

    private enum Kind
    {
        Single,
        FixedDelay,
        FixedRate,
    }

    /// <summary>One timer, and its tick in the mailbox: at most one waits there.</summary>
    private sealed class Entry(CellTimers timers, ActorCell cell, object key, object message, TimeSpan span, Kind kind) : SelfMessage, IDisposable
    {
        private ITimer? _timer;
        private int _due;

        public void Arm() => _timer = cell.Time.CreateTimer(
            static state => ((Entry)state!).Fire(), this, span, kind == Kind.FixedRate ? span : Timeout.InfiniteTimeSpan);

        public void Dispose() => _timer?.Dispose();

        public override object? Open(ActorCell owner)
        {
            if (!timers._entries.TryGetValue(key, out var current) || !ReferenceEquals(current, this))
                return null;
            if (Interlocked.Decrement(ref _due) > 0)
                cell.TellSelf(this);
            if (kind == Kind.Single)
                timers.Cancel(key);
            else if (kind == Kind.FixedDelay)
                _timer!.Change(span, Timeout.InfiniteTimeSpan);
            return message;
        }

        private void Fire()
        {
            if (Interlocked.Increment(ref _due) == 1)
                cell.TellSelf(this);
        }
    }
}
