using Akka.Actor;

namespace OpenCode.Actors.Tests.TestKit;

/// <summary>An actor that keeps what it gets, for the test to look at. Expectations run the system dry first and move the virtual clock instead of waiting.</summary>
public sealed class HubProbe
{
    private static readonly TimeSpan _defaultLimit = TimeSpan.FromSeconds(3);

    private readonly SeededSystem _system;
    private readonly Queue<(object Message, IActorRef Sender)> _received = [];

    internal HubProbe(SeededSystem system, string? name)
    {
        _system = system;
        Ref = ((ExtendedActorSystem)system.System).SystemActorOf(Props.CreateBy(new Producer(_received)), name);
        system.RunDry();
    }

    /// <summary>Gets the ref of the probe.</summary>
    public IActorRef Ref { get; }

    /// <summary>Gets the sender of the last message that was expected.</summary>
    public IActorRef LastSender { get; private set; } = ActorRefs.Nobody;

    /// <summary>Gets the number of messages that wait to be looked at.</summary>
    public int Count
    {
        get
        {
            _system.RunDry();
            return _received.Count;
        }
    }

    /// <summary>Takes the next message and expects its type and content. Runs the actors, and moves the clock when there is nothing.</summary>
    /// <typeparam name="T">The type.</typeparam>
    /// <param name="predicate">Its content; any by default.</param>
    /// <param name="limit">How far the clock may go; 3 s by default.</param>
    public T Expect<T>(Func<T, bool>? predicate = null, TimeSpan? limit = null)
    {
        var message = Next(limit ?? _defaultLimit) ?? throw new ExpectationException($"{typeof(T).Name} was expected, but nothing came within {limit ?? _defaultLimit}.");
        if (message is not T expected)
            throw new ExpectationException($"{typeof(T).Name} was expected, but {message} came.");
        if (predicate is not null && !predicate(expected))
            throw new ExpectationException($"{message} is not as expected.");
        return expected;
    }

    /// <summary>Takes the next message and expects it to be equal to this one.</summary>
    /// <typeparam name="T">The type.</typeparam>
    /// <param name="message">The message.</param>
    public T Expect<T>(T message)
        where T : class
    {
        var came = Expect<object>();
        return came.Equals(message) ? (T)came : throw new ExpectationException($"{message} was expected, but {came} came.");
    }

    /// <summary>Expects that nothing waits, and that nothing comes while the clock moves on. Exact: the system is quiet until then.</summary>
    /// <param name="span">How far to move the clock; not at all by default.</param>
    public void ExpectNothing(TimeSpan? span = null)
    {
        _system.RunDry();
        if (span is { } time)
            _system.Advance(time);
        _system.RunDry();
        if (_received.TryPeek(out var envelope))
            throw new ExpectationException($"Nothing was expected, but {envelope.Message} came.");
    }

    /// <summary>Takes messages until one fits; the others are thrown away.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    /// <param name="predicate">Its content; any by default.</param>
    /// <param name="limit">How far the clock may go for each message; 3 s by default.</param>
    public T FishFor<T>(Func<T, bool>? predicate = null, TimeSpan? limit = null)
    {
        var thrown = new List<object>();
        while (Next(limit ?? _defaultLimit) is { } message)
        {
            if (message is T fish && predicate?.Invoke(fish) != false)
                return fish;
            thrown.Add(message);
        }

        throw new ExpectationException($"No {typeof(T).Name} that fits came. Others: {string.Join(", ", thrown)}.");
    }

    /// <summary>Watches an actor.</summary>
    /// <param name="actor">The actor.</param>
    public void Watch(IActorRef actor) => Do(context => context.Watch(actor));

    /// <summary>Takes the next message and expects it to be the end of an actor.</summary>
    /// <param name="actor">The actor that ends.</param>
    /// <param name="limit">How far the clock may go; 3 s by default.</param>
    public Terminated ExpectTerminated(IActorRef actor, TimeSpan? limit = null) => Expect<Terminated>(t => t.ActorRef.Equals(actor), limit);

    /// <summary>Answers the sender of the last message that was expected.</summary>
    /// <param name="message">The answer.</param>
    public void Reply(object message) => LastSender.Tell(message, Ref);

    /// <summary>Sends a message whose answer comes to this probe.</summary>
    /// <param name="target">The receiver.</param>
    /// <param name="message">The message.</param>
    public void Send(IActorRef target, object message)
    {
        ArgumentNullException.ThrowIfNull(target);
        target.Tell(message, Ref);
    }

    private void Do(Action<IActorContext> action)
    {
        Ref.Tell(new ProbeActor.Command(action), ActorRefs.NoSender);
        _system.RunDry();
    }

    private object? Next(TimeSpan limit)
    {
        var end = _system.Time.GetTimestamp() + limit.Ticks;
        while (true)
        {
            _system.RunDry();
            if (_received.TryDequeue(out var envelope))
            {
                LastSender = envelope.Sender;
                return envelope.Message;
            }

            if (!_system.AdvanceToNext(TimeSpan.FromTicks(end - _system.Time.GetTimestamp())))
                return null;
        }
    }

    private sealed class Producer(Queue<(object Message, IActorRef Sender)> received) : IIndirectActorProducer
    {
        public Type ActorType => typeof(ProbeActor);

        public ActorBase Produce() => new ProbeActor(received);

        public void Release(ActorBase actor)
        {
        }
    }
}
