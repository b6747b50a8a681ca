using OpenCode.Actors.Cells;
using OpenCode.Actors.Doors;

namespace OpenCode.Actors.Asking;

/// <summary>One question and the task of its answer.</summary>
/// <typeparam name="T">The type of the answer.</typeparam>
/// <remarks>
/// The code that awaits the answer never runs in the turn that gives it. Who asked from outside goes on behind that turn on the same thread of the pool, as a cell that
/// was told something does; an actor that asked is posted to at once, and goes on there the same way.
/// </remarks>
internal sealed class Question<T> : AskRef, IFollower
{
    private readonly TimeSpan _timeout;
    private readonly bool _follows;
    private readonly TaskCompletionSource<T> _answer;
    private ITimer? _timer;
    private CancellationTokenRegistration _registration;
    private Type _messageType = typeof(object);
    private object? _outcome;

    /// <summary>Initializes a new instance of the <see cref="Question{T}"/> class.</summary>
    /// <param name="system">The system.</param>
    /// <param name="target">Who is asked.</param>
    /// <param name="timeout">How long to wait.</param>
    public Question(ActorSystem system, IInternalRef target, TimeSpan timeout)
        : base(system, target)
    {
        _timeout = timeout;
        _follows = target is ActorCell { IsOnPool: true } && SynchronizationContext.Current is not CellContext;
        _answer = new TaskCompletionSource<T>(_follows ? TaskCreationOptions.None : TaskCreationOptions.RunContinuationsAsynchronously);
    }

    public override bool IsCompleted => Volatile.Read(ref _outcome) is not null;

    public Task<T> Ask(object message, CancellationToken cancellationToken)
    {
        _messageType = message.GetType();
        if (cancellationToken.CanBeCanceled)
            _registration = cancellationToken.UnsafeRegister(static (state, token) => ((Question<T>)state!).End(new Cancelled(token)), this);
        if (_timeout != Timeout.InfiniteTimeSpan)
            _timer = System.Time.CreateTimer(static state => ((Question<T>)state!).Expire(), this, _timeout, Timeout.InfiniteTimeSpan);

        // Cancelled already: nothing is sent. Expired or cancelled in the meantime: nobody else would let go of the timer.
        if (!IsCompleted)
            Target.Tell(message, this);
        if (IsCompleted)
            LetGo();
        return _answer.Task;
    }

    public override void Fail(Exception exception) => End(new Status.Failure(exception));

    IFollower? IFollower.Turn()
    {
        Complete();
        return null;
    }

    void IThreadPoolWorkItem.Execute() => Complete();

    protected override bool TryAnswer(object message) => End(message);

    private void Expire() => Fail(new AskTimeoutException(Target, _messageType, _timeout));

    /// <summary>Ends the question, if nothing has ended it before.</summary>
    private bool End(object outcome)
    {
        if (Interlocked.CompareExchange(ref _outcome, outcome, null) is not null)
            return false;

        LetGo();
        if (_follows)
            PoolDispatcher.Follow(this);
        else
            Complete();
        return true;
    }

    private void LetGo()
    {
        _timer?.Dispose();
        _registration.Unregister();
    }

    private void Complete()
    {
        switch (_outcome)
        {
            case Cancelled cancelled:
                _answer.SetCanceled(cancelled.Token);
                break;
            case Status.Failure failure:
                _answer.SetException(failure.Cause);
                break;
            case T answer:
                _answer.SetResult(answer);
                break;
            case { } other:
                _answer.SetException(new InvalidCastException(
                    $"{Target.Path} answered {_messageType.Name} with {other.GetType().Name}; {typeof(T).Name} was expected."));
                break;
        }
    }

    private sealed record Cancelled(CancellationToken Token);
}
