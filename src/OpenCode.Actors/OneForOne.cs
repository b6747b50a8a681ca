namespace OpenCode.Actors;

/// <summary>Applies the decision to the child that failed, not to its siblings.</summary>
public sealed class OneForOne : SupervisorStrategy
{
    private readonly int _maxRetries;
    private readonly TimeSpan _window;
    private readonly Func<Exception, Directive> _decider;

    /// <summary>Initializes a new instance of the <see cref="OneForOne"/> class.</summary>
    /// <param name="maxRetries">Restarts within the window; one more failure in it stops the child. 0: never restart, -1: no limit.</param>
    /// <param name="window">Opens at the first failure; a failure after it has closed opens a new one. Null or infinite: it never closes.</param>
    /// <param name="decider">The decision for each failure; <see cref="SupervisorStrategy.DefaultDecider"/> when null.</param>
    public OneForOne(int maxRetries = -1, TimeSpan? window = null, Func<Exception, Directive>? decider = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxRetries, -1);
        _maxRetries = maxRetries;
        _window = window ?? Timeout.InfiniteTimeSpan;
        _decider = decider ?? DefaultDecider;
    }

    internal override Directive Decide(Exception cause, RestartHistory history, TimeProvider time)
    {
        var directive = _decider(cause);
        return directive == Directive.Restart && !history.MayRestart(_maxRetries, _window, time) ? Directive.Stop : directive;
    }
}
