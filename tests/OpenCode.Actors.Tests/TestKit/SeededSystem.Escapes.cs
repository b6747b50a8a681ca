namespace OpenCode.Actors.Tests.TestKit;

using System.Diagnostics;

/// <content>Finds work that leaves the driving thread.</content>
public sealed partial class SeededSystem
{
    private readonly Lock _escapesLock = new();
    private readonly List<string> _escapes = [];
    private readonly List<string> _queued = [];
    private readonly List<(int Thread, string Escape)> _arrivedWhileIdle = [];
    private volatile bool _isDriven;
    private int _lastDriver = Environment.CurrentManagedThreadId;

    /// <summary>
    /// Gets or sets a value indicating whether an escape fails the run: work that a step queues to the thread pool, a real timer, or a message from another thread.
    /// On by default. Turn it off where a test uses real threads on purpose; their steps are taken as they come then.
    /// </summary>
    public bool WatchesEscapes { get; set; } = true;

    private string Place => Seed is { } seed ? $" (seed {seed}, step {Steps})" : $" (step {Steps})";

    /// <summary>Notes an escape when the caller is not the thread that drives.</summary>
    internal void CheckThread(string what)
    {
        if (!WatchesEscapes || IsDrivenHere)
            return;

        var thread = Environment.CurrentManagedThreadId;
        if (!_isDriven && thread == _lastDriver)
            return;

        var escape = $"'{what}' came from another thread{Environment.NewLine}{new StackTrace(fNeedFileInfo: true)}";
        lock (_escapesLock)
        {
            if (_isDriven)
                _escapes.Add(escape);
            else
                _arrivedWhileIdle.Add((thread, escape));
        }
    }

    private void BeginWatch()
    {
        _isDriven = true;
        _lastDriver = Environment.CurrentManagedThreadId;
        if (!WatchesEscapes)
            return;

        PoolWatch.Arm(_queued);
        lock (_escapesLock)
        {
            // The continuation of an async test may have moved to this thread and sent a message before it drives from here: no escape.
            foreach (var (thread, escape) in _arrivedWhileIdle)
            {
                if (thread != _lastDriver)
                    _escapes.Add(escape);
            }

            _arrivedWhileIdle.Clear();
        }

        ThrowEscapes();
    }

    private void EndWatch()
    {
        PoolWatch.Disarm();
        _isDriven = false;
    }

    private void ThrowEscapes()
    {
        if (_queued.Count == 0 && _escapes.Count == 0)
            return;

        string first;
        lock (_escapesLock)
        {
            first = _queued.Concat(_escapes).First();
            _queued.Clear();
            _escapes.Clear();
        }

        if (WatchesEscapes)
            throw new EscapeException($"Work left the seeded thread{Place}: {first}");
    }
}
