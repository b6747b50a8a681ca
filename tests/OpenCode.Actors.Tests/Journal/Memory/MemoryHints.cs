using OpenCode.Actors.Journal;
using OpenCode.Actors.Journal.Nodes;
using OpenCode.Actors.Journal.Stores;
using OpenCode.Actors.Tests.TestKit;

namespace OpenCode.Actors.Tests.Journal.Memory;

/// <summary>Hints of one connection. Those that come while no call waits are merged into one.</summary>
internal sealed class MemoryHints : IStoreHints
{
    private readonly Lock _gate = new();
    private readonly CancellationTokenRegistration _registration;
    private TaskCompletionSource<long>? _waiter;
    private long _pending = -1;
    private bool _isCut;

    public MemoryHints(CancellationToken cancellationToken) => _registration = cancellationToken.UnsafeRegister(static hints => ((MemoryHints)hints!).Cut(), this);

    /// <summary>Gets a value indicating whether hints are not wanted.</summary>
    public bool IsPaused { get; private set; }

    public ValueTask<long> NextAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_isCut)
                throw new StoreAwayException("The connection is cut.");

            if (_pending >= 0)
            {
                var pending = _pending;
                _pending = -1;
                return new(pending);
            }

            _waiter = new(TaskCreationOptions.None);
            return new(_waiter.Task);
        }
    }

    public ValueTask PauseAsync(CancellationToken cancellationToken) => SetPaused(true);

    public ValueTask ResumeAsync(CancellationToken cancellationToken) => SetPaused(false);

    public void Deliver(long head)
    {
        TaskCompletionSource<long>? waiter;
        lock (_gate)
        {
            if (IsPaused)
                return;

            (waiter, _waiter) = (_waiter, null);
            if (waiter is null)
                _pending = Math.Max(_pending, head);
        }

        if (waiter is not null)
            Inlining.Run(() => waiter.SetResult(head));
    }

    public void Cut()
    {
        TaskCompletionSource<long>? waiter;
        lock (_gate)
        {
            _isCut = true;
            (waiter, _waiter) = (_waiter, null);
        }

        if (waiter is not null)
            Inlining.Run(() => waiter.SetException(new StoreAwayException("The connection is cut.")));
    }

    public ValueTask DisposeAsync() => _registration.DisposeAsync();

    private ValueTask SetPaused(bool isPaused)
    {
        lock (_gate)
        {
            if (_isCut)
                throw new StoreAwayException("The connection is cut.");

            IsPaused = isPaused;
            return ValueTask.CompletedTask;
        }
    }
}
