namespace OpenCode.Actors.Cells;

/// <content>What the actor asks of its cell.</content>
internal sealed partial class ActorCell
{
    private Children? _children;
    private RareParts? _rare;
    private SiblingLink _sibling;

    /// <summary>Gets this cell's place among its siblings, for <see cref="Children"/> only.</summary>
    public ref SiblingLink Sibling => ref _sibling;

    public Children? ChildrenOrNull => _children;

    private RareParts Rare => _rare ??= new RareParts();

    IActorRef IActorContext.Self => this;

    IActorRef IActorContext.Sender => CurrentSender;

    IActorRef IActorContext.Parent => ParentCell ?? System.DeadLetters;

    public TimeProvider Time => System.Time;

    public IEntropy Entropy => System.Entropy;

    CancellationToken IActorContext.Incarnation
    {
        get
        {
            RequireTurn();
            if (_incarnationEnded)
                return _rare?.IncarnationSource?.Token ?? new CancellationToken(canceled: true);
            return (Rare.IncarnationSource ??= new CancellationTokenSource()).Token;
        }
    }

    IReadOnlyCollection<IActorRef> IActorContext.Children => ChildSnapshot();

    public ITimers Timers
    {
        get
        {
            RequireTurn();
            return Rare.Timers ??= new CellTimers(this);
        }
    }

    public IStash Stash
    {
        get
        {
            RequireTurn();
            return Rare.Stash ??= new CellStash(this, _props.StashCapacity);
        }
    }

    IActorRef IActorContext.ActorOf(Props props, string? name)
    {
        RequireTurn();
        if (_phase == Phase.Stopping)
            throw new InvalidOperationException($"{Path} is stopping and cannot get a child any more.");
        _children ??= new Children();
        return AddChild(props, name);
    }

    IActorRef? IActorContext.Child(string name) => _children?.Find(name);

    public void Stop(IActorRef actor)
    {
        RequireTurn();
        ArgumentNullException.ThrowIfNull(actor);
        if (actor is ActorCell child && ReferenceEquals(child.ParentCell, this))
            StopChild(child);
        else
            (actor as IInternalRef)?.SendSystem(new StopRequest());
    }

    public void Become(Func<object, ValueTask> behaviour)
    {
        RequireTurn();
        ArgumentNullException.ThrowIfNull(behaviour);
        var behaviours = Rare.Behaviours ??= new Stack<Func<object, ValueTask>>();
        behaviours.TryPop(out _);
        behaviours.Push(behaviour);
    }

    public void BecomeStacked(Func<object, ValueTask> behaviour)
    {
        RequireTurn();
        ArgumentNullException.ThrowIfNull(behaviour);
        (Rare.Behaviours ??= new Stack<Func<object, ValueTask>>()).Push(behaviour);
    }

    public void Unbecome()
    {
        RequireTurn();
        _rare?.Behaviours?.TryPop(out _);
    }

    public void SetReceiveTimeout(TimeSpan? timeout)
    {
        RequireTurn();
        if (timeout <= TimeSpan.Zero)
            throw new ArgumentOutOfRangeException(nameof(timeout), timeout, "Give a time greater than zero, or null to switch it off.");
        if (timeout is not null || _rare?.ReceiveTimeout is not null)
            (Rare.ReceiveTimeout ??= new ReceiveTimeoutTimer(this)).Set(timeout);
    }

    public void PipeTo<T>(Task<T> work, Func<T, object> success, Func<Exception, object>? failure = null)
    {
        ArgumentNullException.ThrowIfNull(work);
        PipeTo(new ValueTask<T>(work), success, failure);
    }

    public void PipeTo<T>(ValueTask<T> work, Func<T, object> success, Func<Exception, object>? failure = null)
    {
        RequireTurn();
        ArgumentNullException.ThrowIfNull(success);
        _ = PipeAsync(work, success, failure, _incarnation);
    }

    public void PipeTo(Task work, Func<object>? success = null, Func<Exception, object>? failure = null)
    {
        ArgumentNullException.ThrowIfNull(work);
        PipeTo(new ValueTask(work), success, failure);
    }

    public void PipeTo(ValueTask work, Func<object>? success = null, Func<Exception, object>? failure = null)
    {
        RequireTurn();
        _ = PipeAsync(WithoutResultAsync(work), success is null ? null : _ => success(), failure, _incarnation);
    }

    /// <summary>Gives this cell a child from any thread: for the guardians, whose container is made by <see cref="AcceptChildren"/>.</summary>
    public IActorRef AddChild(Props props, string? name)
    {
        ArgumentNullException.ThrowIfNull(props);
        var child = _children!.Add(this, props, name);
        child.Start();
        return child;
    }

    /// <summary>Makes a guardian; it is started when the system is complete.</summary>
    public ActorCell AddGuardian(Props props, string name)
    {
        var guardian = _children!.Add(this, props, name);
        guardian.AcceptChildren();
        return guardian;
    }

    public void AcceptChildren() => _children = new Children();

    private static async ValueTask<object?> WithoutResultAsync(ValueTask work)
    {
        await work;
        return null;
    }

    private async Task PipeAsync<T>(ValueTask<T> work, Func<T, object>? success, Func<Exception, object>? failure, int incarnation)
    {
        object? message;
        try
        {
            var result = await work;
            message = success?.Invoke(result);
        }
        catch (OperationCanceledException) when (_incarnationEnded || incarnation != _incarnation)
        {
            return; // By the token of its incarnation: nobody is there who waits for it.
        }
        catch (Exception exception)
        {
            message = failure is null ? new Status.Failure(exception) : failure(exception);
        }

        if (message is null)
            return;
        if (IsTerminated)
            System.DeadLetter(new Mailboxes.Envelope(message, this), this, DeadLetterReason.Stopped);
        else
            TellSelf(new PipedResult(incarnation, message));
    }

    private ActorCell[] ChildSnapshot() => _children is { } children ? children.Snapshot() : [];

    private void StopChild(ActorCell child)
    {
        _children!.MarkStopping(child);
        child.SendSystem(new StopRequest());
    }

    /// <summary>Refuses who is not in the turn: code after <c>ConfigureAwait(false)</c>, another thread, a zombie of an earlier incarnation.</summary>
    private void RequireTurn()
    {
        if (SynchronizationContext.Current != _context)
        {
            throw new InvalidOperationException(
                $"The context of {Path} was used outside of its turn: from another thread, after ConfigureAwait(false), or by work of an incarnation that was given up. "
                + "Tell the actor a message instead.");
        }
    }
}
