using System.Runtime.CompilerServices;

namespace OpenCode.Actors.Cells;

/// <summary>An async handler or hook that has not ended: the one thing the cell waits for.</summary>
/// <remarks>
/// When the cell is to stop or restart and the code does not end within the grace, the work is abandoned: the cell goes on without it, and its result is discarded
/// because it belongs to a work the cell no longer waits for. Such a zombie is counted.
/// </remarks>
internal sealed class UserWork
{
    private readonly ActorCell _cell;
    private readonly Action _onCompleted;
    private ValueTask _task;
    private CellContext _context = null!;
    private TaskCompletionSource? _ended;

    public UserWork(ActorCell cell)
    {
        _cell = cell;
        _onCompleted = OnCompleted;
    }

    public bool IsHandler { get; private set; }

    public bool IsAbandoned { get; private set; }

    public Exception? Error { get; private set; }

    /// <summary>Gets or sets the timer of the grace, once somebody waits for the end.</summary>
    public ITimer? Grace { get; set; }

    /// <summary>Waits for the task. Called in the cell's turn, so the completion comes back to it.</summary>
    public void Begin(ValueTask task, bool isHandler, CellContext context)
    {
        _task = task;
        _context = context;
        IsHandler = isHandler;
        Error = null;
        _ended = null;
        _task.GetAwaiter().UnsafeOnCompleted(_onCompleted);
    }

    /// <summary>Returns a task that ends with the work, or when it is abandoned. It never fails: see <see cref="Error"/>.</summary>
    public Task WhenEnded() => (_ended ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    public void Abandon()
    {
        IsAbandoned = true;
        End();
    }

    private void End()
    {
        Grace?.Dispose();
        Grace = null;
        _ended?.TrySetResult();
    }

    private void OnCompleted()
    {
        if (SynchronizationContext.Current != _context)
        {
            // A task source of its own kind called back from wherever it was.
            _context.Post(static work => ((UserWork)work!).OnCompleted(), this);
            return;
        }

        Exception? error = null;
        try
        {
            Consume(ref _task);
        }
        catch (Exception exception)
        {
            error = exception;
        }

        if (IsAbandoned)
        {
            _cell.System.Log.ZombieEnded(_cell.Path, error);
            return;
        }

        Error = error;
        _cell.OnWorkEnded(this);
        End();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Consume(ref ValueTask task)
    {
        var awaiter = task.GetAwaiter();
        task = default;
        awaiter.GetResult();
    }
}
