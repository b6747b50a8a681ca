namespace OpenCode.Actors;

/// <summary>Keeps one child going, with growing pauses: for what touches a database, a model provider or a process.</summary>
/// <remarks>Messages go to the child with their sender. While it is down they wait, up to a bound.</remarks>
public sealed class BackoffSupervisor : Actor
{
    private readonly Props _childProps;
    private readonly string _childName;
    private readonly BackoffOptions _options;
    private readonly Queue<(object Message, IActorRef Sender)> _waiting = [];
    private IActorRef? _child;
    private bool _childFailed;
    private int _restarts;

    private BackoffSupervisor(Props childProps, string childName, BackoffOptions options)
    {
        _childProps = childProps;
        _childName = childName;
        _options = options;
    }

    /// <inheritdoc/>
    protected override SupervisorStrategy SupervisorStrategy => new OneForOne(decider: OnChildFailed);

    /// <summary>Makes the props of a supervisor.</summary>
    /// <param name="child">How to make the child.</param>
    /// <param name="childName">The child's name.</param>
    /// <param name="options">When to start it again.</param>
    public static Props PropsFor(Props child, string childName, BackoffOptions options)
    {
        ArgumentNullException.ThrowIfNull(child);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(options.MinBackoff, TimeSpan.Zero, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxBackoff, options.MinBackoff, nameof(options));
        ArgumentOutOfRangeException.ThrowIfNegative(options.RandomFactor, nameof(options));
        return Props.Create(() => new BackoffSupervisor(child, childName, options));
    }

    /// <inheritdoc/>
    protected override ValueTask PreStartAsync()
    {
        StartChild();
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    protected override ValueTask ReceiveAsync(object message)
    {
        switch (message)
        {
            case StartChildAgain:
                _restarts++;
                StartChild();
                break;
            case ChildIsWell:
            case ResetBackoff:
                _restarts = 0;
                break;
            case GetRestartCount:
                Sender.Tell(new RestartCount(_restarts), Self);
                break;
            case GetChild:
                Sender.Tell(new CurrentChild(_child), Self);
                break;
            case Terminated terminated when terminated.Actor.Equals(_child):
                OnChildEnded();
                break;
            default:
                Forward(message);
                break;
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    protected override ValueTask PostStopAsync()
    {
        foreach (var (message, sender) in _waiting)
            Context.System.DeadLetters.Tell(message, sender);
        _waiting.Clear();
        return ValueTask.CompletedTask;
    }

    private Directive OnChildFailed(Exception cause)
    {
        _childFailed = true;
        return Directive.Stop;
    }

    private void StartChild()
    {
        _childFailed = false;
        _child = Context.ActorOf(_childProps, _childName);
        Context.Watch(_child);
        if (!_options.ManualReset)
            Context.Timers.StartSingle(nameof(ChildIsWell), ChildIsWell.Instance, _options.ResetAfter ?? _options.MinBackoff);
        while (_waiting.TryDequeue(out var waiting))
            _child.Tell(waiting.Message, waiting.Sender);
    }

    private void OnChildEnded()
    {
        _child = null;
        Context.Timers.Cancel(nameof(ChildIsWell));
        if ((_options.Trigger == BackoffTrigger.Failure && !_childFailed) || _restarts >= _options.MaxRestarts)
            Context.Stop(Self);
        else
            Context.Timers.StartSingle(nameof(StartChildAgain), StartChildAgain.Instance, _options.DelayFor(_restarts, Context.Entropy.NextDouble()));
    }

    private void Forward(object message)
    {
        if (Sender.Equals(_child))
            Context.Parent.Tell(message, _child);
        else if (_child is not null)
            _child.Tell(message, Sender);
        else if (_waiting.Count < _options.StashCapacity)
            _waiting.Enqueue((message, Sender));
        else
            Context.System.DeadLetters.Tell(message, Sender);
    }

    /// <summary>Asks for the <see cref="RestartCount"/>.</summary>
    public sealed record GetRestartCount;

    /// <summary>How often in a row the child was started again.</summary>
    /// <param name="Count">0 after a quiet time.</param>
    public sealed record RestartCount(int Count);

    /// <summary>Asks for the <see cref="CurrentChild"/>.</summary>
    public sealed record GetChild;

    /// <summary>The child.</summary>
    /// <param name="Child">Null while it is down.</param>
    public sealed record CurrentChild(IActorRef? Child);

    /// <summary>Lets the next delay be the minimum again.</summary>
    public sealed record ResetBackoff;

    private sealed record StartChildAgain
    {
        public static StartChildAgain Instance { get; } = new();
    }

    private sealed record ChildIsWell
    {
        public static ChildIsWell Instance { get; } = new();
    }
}
