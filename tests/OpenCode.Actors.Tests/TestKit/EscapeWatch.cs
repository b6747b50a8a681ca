using System.Diagnostics;

namespace OpenCode.Actors.Tests.TestKit;

/// <summary>Finds work that leaves the thread that runs the steps, and work that comes from another one.</summary>
internal sealed class EscapeWatch
{
    private readonly Lock _lock = new();
    private readonly List<string> _queued = [];
    private readonly List<string> _arrived = [];
    private readonly List<(int Thread, string Escape)> _arrivedWhileIdle = [];
    private volatile bool _isDriven;
    private int _lastDriver = Environment.CurrentManagedThreadId;

    public bool IsOn { get; set; } = true;

    /// <summary>Gets a value indicating whether steps run now, on any thread.</summary>
    public bool IsDriven => _isDriven;

    /// <summary>Notes an escape when the caller is not the thread that drives.</summary>
    /// <param name="what">What comes.</param>
    public void Arrived(string what)
    {
        var thread = Environment.CurrentManagedThreadId;
        if (!IsOn || thread == Volatile.Read(ref _lastDriver))
            return;

        // The code of an async test itself, which went on at another thread between two runs.
        if (!_isDriven && Inlining.Context is TestContinuations)
            return;

        var escape = $"'{what}' came from another thread{Environment.NewLine}{new StackTrace(fNeedFileInfo: true)}";
        lock (_lock)
        {
            if (_isDriven)
                _arrived.Add(escape);
            else
                _arrivedWhileIdle.Add((thread, escape));
        }
    }

    /// <summary>The current thread drives from here on.</summary>
    public void Begin()
    {
        Volatile.Write(ref _lastDriver, Environment.CurrentManagedThreadId);
        _isDriven = true;
        if (!IsOn)
            return;

        PoolWatch.Arm(_queued);
        lock (_lock)
        {
            // The continuation of an async test may have moved to this thread and sent a message before it drives from here: no escape.
            foreach (var (thread, escape) in _arrivedWhileIdle)
            {
                if (thread != _lastDriver)
                    _arrived.Add(escape);
            }

            _arrivedWhileIdle.Clear();
        }
    }

    public void End()
    {
        PoolWatch.Disarm();
        _isDriven = false;
    }

    /// <summary>Takes what was found.</summary>
    /// <returns>The first finding; null when there is none.</returns>
    public string? Take()
    {
        if (_queued.Count == 0 && _arrived.Count == 0)
            return null;

        lock (_lock)
        {
            var first = _queued.Concat(_arrived).FirstOrDefault();
            _queued.Clear();
            _arrived.Clear();
            return IsOn ? first : null;
        }
    }
}
