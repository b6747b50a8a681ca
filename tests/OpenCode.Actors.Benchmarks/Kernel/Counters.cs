namespace OpenCode.Actors.Benchmarks.Kernel;

/// <summary>Counts the messages of one actor, without a lock: its handler is the only one who counts.</summary>
internal sealed class Countdown(int count, Action? signal = null)
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _left = count;

    public Task Done => _done.Task;

    public ValueTask Handle(object message)
    {
        if (--_left == 0)
        {
            _done.TrySetResult();
            signal?.Invoke();
        }

        return ValueTask.CompletedTask;
    }
}

/// <summary>Counts over many actors.</summary>
internal sealed class SharedCountdown(int count)
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _left = count;

    public Task Done => _done.Task;

    public void Signal()
    {
        if (Interlocked.Decrement(ref _left) == 0)
            _done.TrySetResult();
    }

    public ValueTask Handle(object message)
    {
        Signal();
        return ValueTask.CompletedTask;
    }
}

/// <summary>One side of a ping-pong.</summary>
internal sealed class Player(int hits, SharedCountdown countdown)
{
    private int _left = hits;

    public IPeer Other { get; set; } = null!;

    public ValueTask Handle(object message)
    {
        if (--_left == 0)
            countdown.Signal();
        if (_left >= 0)
            Other.Tell(message);
        return ValueTask.CompletedTask;
    }
}

/// <summary>Ends the busy actors.</summary>
internal sealed class Flag
{
    private volatile bool _isSet = true;

    public bool IsSet
    {
        get => _isSet;
        set => _isSet = value;
    }
}
