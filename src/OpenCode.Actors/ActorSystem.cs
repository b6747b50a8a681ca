using OpenCode.Actors.Asking;
using OpenCode.Actors.Cells;
using OpenCode.Actors.Doors;

namespace OpenCode.Actors;

/// <summary>A tree of actors with one clock, one randomness and one set of dispatchers.</summary>
/// <remarks><c>/user</c> holds the actors of the application, <c>/system</c> those of the kernel; <c>/system</c> ends after <c>/user</c>.</remarks>
public sealed partial class ActorSystem : IAsyncDisposable
{
    private readonly ActorSystemOptions _options;
    private readonly DispatcherTable _dispatchers;
    private readonly TaskCompletionSource _terminated = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ActorCell _root;
    private readonly ActorCell _user;
    private readonly ActorCell _system;
    private readonly DeadLetterLog _deadLetterLog;
    private long _lastUid;

    private ActorSystem(string name, ActorSystemOptions options)
    {
        Name = name;
        _options = options;
        _dispatchers = new DispatcherTable(options);
        Log = new KernelLog(options.LoggerFactory.CreateLogger("OpenCode.Actors"));
        Metrics = new KernelMetrics(options.Meters);
        _deadLetterLog = new DeadLetterLog(Log, Time);
        EventStream = new EventStream();
        CoordinatedShutdown = new CoordinatedShutdown(this, options.ShutdownTimeout);

        var guardian = Props.Create(static () => new Guardian()).WithMailbox(MailboxOptions.Unbounded);
        _root = new ActorCell(this, Props.Create(() => new RootGuardian(_user!, _system!)).WithMailbox(MailboxOptions.Unbounded), parent: null, name);
        _root.AcceptChildren();
        TempPath = new ActorPath(_root.Path, "temp", NextUid());
        DeadLetters = new DeadLettersRef(this, new ActorPath(_root.Path, "deadLetters", NextUid()));
        _system = _root.AddGuardian(guardian, "system");
        _user = _root.AddGuardian(guardian, "user");
        _root.Start();
        _system.Start();
        _user.Start();
    }

    /// <summary>Gets the name of the system, which is the name of the root.</summary>
    public string Name { get; }

    /// <summary>Gets the clock.</summary>
    public TimeProvider Time => _options.Time;

    /// <summary>Gets the randomness.</summary>
    public IEntropy Entropy => _options.Entropy;

    /// <summary>Gets the announcements within the system.</summary>
    public EventStream EventStream { get; }

    /// <summary>Gets the way out of the process.</summary>
    public CoordinatedShutdown CoordinatedShutdown { get; }

    /// <summary>Gets the ref for nobody.</summary>
    public IActorRef DeadLetters { get; }

    /// <summary>Gets a task that ends when all actors have ended.</summary>
    public Task WhenTerminated => _terminated.Task;

    /// <summary>Gets the number of messages that could not be delivered.</summary>
    public long DeadLetterCount => Interlocked.Read(ref _deadLetterCount);

    /// <summary>Gets the number of async handlers and hooks that were given up because they ignored their token.</summary>
    public long ZombieCount => Interlocked.Read(ref _zombieCount);

    internal KernelLog Log { get; }

    internal KernelMetrics Metrics { get; }

    internal ActorPath TempPath { get; }

    internal IDispatcher DefaultDispatcher => _options.Dispatcher;

    internal TimeSpan StopGrace => _options.StopGrace;

    /// <summary>Makes a system and starts its guardians.</summary>
    /// <param name="name">Begins every path.</param>
    /// <param name="options">The doors; those of production by default.</param>
    public static ActorSystem Create(string name, ActorSystemOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return new ActorSystem(name, options ?? new ActorSystemOptions());
    }

    /// <summary>Starts an actor under <c>/user</c>. From any thread.</summary>
    /// <param name="props">How to make it.</param>
    /// <param name="name">As in <see cref="IActorContext.ActorOf"/>.</param>
    /// <exception cref="ActorNameException">The name is not allowed or in use.</exception>
    /// <exception cref="InvalidOperationException">The system is ending.</exception>
    public IActorRef ActorOf(Props props, string? name = null) => _user.AddChild(props, name);

    /// <summary>Stops an actor after its current message. From any thread.</summary>
    /// <param name="actor">The actor.</param>
    public void Stop(IActorRef actor)
    {
        ArgumentNullException.ThrowIfNull(actor);
        if (actor is IInternalRef target && ReferenceEquals(target.System, this))
            target.SendSystem(new StopRequest());
    }

    /// <summary>Stops an actor after the messages it already has, and waits for its end.</summary>
    /// <param name="actor">The actor.</param>
    /// <param name="timeout">How long to wait; greater than zero.</param>
    /// <returns>False when it has not ended in time. It still will, when it gets to the pill.</returns>
    public async Task<bool> GracefulStopAsync(IActorRef actor, TimeSpan timeout)
    {
        ArgumentNullException.ThrowIfNull(actor);
        var end = new EndRef(this);
        ((IInternalRef)actor).SendSystem(new WatchRequest(end));
        actor.Tell(PoisonPill.Instance);
        try
        {
            await end.Ended.WaitAsync(timeout, Time);
            return true;
        }
        catch (TimeoutException)
        {
            ((IInternalRef)actor).SendSystem(new UnwatchRequest(end));
            return false;
        }
    }

    /// <summary>Stops all actors, those of the application first.</summary>
    /// <returns><see cref="WhenTerminated"/>.</returns>
    public Task TerminateAsync()
    {
        _user.SendSystem(new StopRequest());
        return WhenTerminated;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await TerminateAsync();

    /// <summary>Starts an actor under <c>/system</c>: it outlives the application's.</summary>
    internal IActorRef SystemActorOf(Props props, string? name) => _system.AddChild(props, name);

    internal long NextUid() => Interlocked.Increment(ref _lastUid);

    internal IDispatcher DispatcherFor(string name, ActorCell actor) => _dispatchers.Get(name, actor);

    internal void OnCellEnded(ActorCell cell, IDispatcher dispatcher)
    {
        DispatcherTable.Release(dispatcher);
        if (!ReferenceEquals(cell, _root))
            return;
        _dispatchers.Dispose();
        Metrics.Dispose();
        _terminated.TrySetResult();
    }
}
