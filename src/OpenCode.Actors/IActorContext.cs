namespace OpenCode.Actors;

/// <summary>What a cell does for its actor. To be used in the actor's turn only (handlers, hooks and their continuations).</summary>
public interface IActorContext
{
    /// <summary>Gets the ref of this actor.</summary>
    IActorRef Self { get; }

    /// <summary>Gets the sender of the current message; the dead letters when it has none.</summary>
    IActorRef Sender { get; }

    /// <summary>Gets the supervisor of this actor.</summary>
    IActorRef Parent { get; }

    /// <summary>Gets the system this actor lives in.</summary>
    ActorSystem System { get; }

    /// <summary>Gets the clock; the only one an actor may use.</summary>
    TimeProvider Time { get; }

    /// <summary>Gets the randomness; the only one an actor may use.</summary>
    IEntropy Entropy { get; }

    /// <summary>Gets a token that is cancelled when this instance is stopped or restarted. An <see cref="OperationCanceledException"/> after that is no failure.</summary>
    CancellationToken Incarnation { get; }

    /// <summary>Gets the children that have not ended, oldest first. A copy.</summary>
    IReadOnlyCollection<IActorRef> Children { get; }

    /// <summary>Gets the timers of this actor.</summary>
    ITimers Timers { get; }

    /// <summary>Gets the stash of this actor.</summary>
    IStash Stash { get; }

    /// <summary>Starts a child.</summary>
    /// <param name="props">How to make it.</param>
    /// <param name="name">Unique among the living children, without <c>/</c>, <c>#</c> and not starting with <c>$</c>; generated when null.</param>
    /// <exception cref="ActorNameException">The name is not allowed or in use.</exception>
    /// <exception cref="InvalidOperationException">This actor is stopping.</exception>
    IActorRef ActorOf(Props props, string? name = null);

    /// <summary>Returns the living child with that name, or null.</summary>
    /// <param name="name">The name.</param>
    IActorRef? Child(string name);

    /// <summary>Asks for exactly one <see cref="Terminated"/> when the actor is dead, dies or never existed. Twice is once.</summary>
    /// <param name="actor">Whom to watch.</param>
    void Watch(IActorRef actor);

    /// <summary>Takes a watch back; no <see cref="Terminated"/> comes after that, also if it was already in the mailbox.</summary>
    /// <param name="actor">Whom not to watch any more.</param>
    void Unwatch(IActorRef actor);

    /// <summary>Stops an actor after its current message. Its waiting messages become dead letters.</summary>
    /// <param name="actor">A child, this actor, or any other.</param>
    void Stop(IActorRef actor);

    /// <summary>Replaces the current behaviour.</summary>
    /// <param name="behaviour">Handles the messages from the next one on.</param>
    void Become(Func<object, ValueTask> behaviour);

    /// <summary>Puts a behaviour on top of the current one.</summary>
    /// <param name="behaviour">Handles the messages from the next one on.</param>
    void BecomeStacked(Func<object, ValueTask> behaviour);

    /// <summary>Goes back to the behaviour below; below the first is <see cref="Actor.ReceiveAsync"/>.</summary>
    void Unbecome();

    /// <summary>Asks for one <see cref="ReceiveTimeout"/> after a silence; it is armed again by the next message that is not <see cref="INoInfluence"/>.</summary>
    /// <param name="timeout">Greater than zero; null switches it off. A restart switches it off.</param>
    void SetReceiveTimeout(TimeSpan? timeout);

    /// <summary>Lets work run beside other messages and sends its result to this actor. A result for an earlier incarnation is a dead letter.</summary>
    /// <typeparam name="T">The type of the result.</typeparam>
    /// <param name="work">The work under way.</param>
    /// <param name="success">Makes the message from the result.</param>
    /// <param name="failure">Makes the message from the exception; <see cref="Status.Failure"/> by default.</param>
    /// <remarks>The message is taken also by a full mailbox: its number is bounded by the work this actor itself started.</remarks>
    void PipeTo<T>(Task<T> work, Func<T, object> success, Func<Exception, object>? failure = null);

    /// <inheritdoc cref="PipeTo{T}(Task{T}, Func{T, object}, Func{Exception, object}?)"/>
    void PipeTo<T>(ValueTask<T> work, Func<T, object> success, Func<Exception, object>? failure = null);

    /// <summary>Lets work run beside other messages and tells this actor when it has ended.</summary>
    /// <param name="work">The work under way.</param>
    /// <param name="success">Makes the message; null: success is not told.</param>
    /// <param name="failure">Makes the message from the exception; <see cref="Status.Failure"/> by default.</param>
    void PipeTo(Task work, Func<object>? success = null, Func<Exception, object>? failure = null);

    /// <inheritdoc cref="PipeTo(Task, Func{object}?, Func{Exception, object}?)"/>
    void PipeTo(ValueTask work, Func<object>? success = null, Func<Exception, object>? failure = null);
}
