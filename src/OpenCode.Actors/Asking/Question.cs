using OpenCode.Actors.Cells;

namespace OpenCode.Actors.Asking;

/// <summary>One question and the task of its answer.</summary>
/// <typeparam name="T">The type of the answer.</typeparam>
internal sealed class Question<T>(ActorSystem system, IInternalRef target, TimeSpan timeout) : AskRef(system, target)
{
    private readonly TaskCompletionSource<T> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ITimer? _timer;
    private CancellationTokenRegistration _registration;
    private Type _messageType = typeof(object);

    public override bool IsCompleted => _answer.Task.IsCompleted;

    public Task<T> Ask(object message, CancellationToken cancellationToken)
    {
        _messageType = message.GetType();
        if (cancellationToken.CanBeCanceled)
        {
            _registration = cancellationToken.UnsafeRegister(
                static (state, token) =>
                {
                    var question = (Question<T>)state!;
                    question.End(question._answer.TrySetCanceled(token));
                },
                this);
        }

        if (timeout != Timeout.InfiniteTimeSpan)
            _timer = System.Time.CreateTimer(static state => ((Question<T>)state!).Expire(), this, timeout, Timeout.InfiniteTimeSpan);

        // Cancelled already: nothing is sent. Expired or cancelled in the meantime: nobody else would let go of the timer.
        if (!IsCompleted)
            Target.Tell(message, this);
        if (IsCompleted)
            End(first: true);
        return _answer.Task;
    }

    public override void Fail(Exception exception) => End(_answer.TrySetException(exception));

    protected override bool TryAnswer(object message) => End(message switch
    {
        Status.Failure failure => _answer.TrySetException(failure.Cause),
        T answer => _answer.TrySetResult(answer),
        _ => _answer.TrySetException(new InvalidCastException(
            $"{Target.Path} answered {_messageType.Name} with {message.GetType().Name}; {typeof(T).Name} was expected.")),
    });

    private void Expire() => Fail(new AskTimeoutException(Target, _messageType, timeout));

    private bool End(bool first)
    {
        if (first)
        {
            _timer?.Dispose();
            _registration.Unregister();
        }

        return first;
    }
}
