namespace OpenCode.Actors.Cells;

/// <summary>The timers of one cell. The generation is the entry itself: a tick of an entry that is no longer kept is void.</summary>
internal sealed class CellTimers(ActorCell cell) : ITimers
{
    // Most cells with a timer have one. Only a second makes the table, which then has all.
    private Entry? _only;
    private Dictionary<object, Entry>? _table;

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
        if (Find(key) is not { } entry)
            return;
        _only = null;
        _table?.Remove(key);
        entry.Dispose();
    }

    public void CancelAll()
    {
        _only?.Dispose();
        _only = null;
        foreach (var entry in _table?.Values ?? Enumerable.Empty<Entry>())
            entry.Dispose();
        _table = null;
    }

    public bool IsActive(object key) => Find(key) is not null;

    private Entry? Find(object key)
    {
        if (_table is not null)
            return _table.GetValueOrDefault(key);
        return _only is { } only && only.Key.Equals(key) ? only : null;
    }

    private void Keep(Entry entry)
    {
        if (_table is null && _only is null)
        {
            _only = entry;
            return;
        }

        _table ??= new() { [_only!.Key] = _only };
        _only = null;
        _table.Add(entry.Key, entry);
    }

    private void Start(object key, object message, TimeSpan span, Kind kind)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(message);
        Cancel(key);
        var entry = new Entry(this, cell, key, message, span, kind);
        Keep(entry);
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

        public object Key => key;

        public void Arm() => _timer = cell.Time.CreateTimer(
            static state => ((Entry)state!).Fire(), this, span, kind == Kind.FixedRate ? span : Timeout.InfiniteTimeSpan);

        public void Dispose() => _timer?.Dispose();

        public override object? Open(ActorCell owner)
        {
            if (!ReferenceEquals(timers.Find(key), this))
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
