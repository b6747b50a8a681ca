namespace OpenCode.Actors.TestKit;

/// <summary>Base of a test class: a system on one thread with virtual time, seeded entropy and recorded logs.</summary>
/// <remarks>Nothing runs by itself. Actors run in <see cref="RunDryAsync"/>, in <see cref="VirtualTime.Advance"/> and in the expectations of probes.</remarks>
public abstract class ActorKit : IDisposable, IAsyncDisposable
{
    // Two actors that answer each other for ever would otherwise hang the test run.
    private const long MaxTurns = 10_000_000;

    private readonly SimulationDispatcher _dispatcher;
    private bool _isRunning;
    private bool _isDisposed;

    /// <summary>Initializes a new instance of the <see cref="ActorKit"/> class.</summary>
    /// <param name="seed">Null: cells run in the order of their scheduling. Otherwise order and throughput come from the seed too.</param>
    /// <param name="configure">Changes the options of the system.</param>
    protected ActorKit(ulong? seed = null, Action<ActorSystemOptions>? configure = null)
    {
        Entropy = new SeededEntropy(seed ?? 1);
        _dispatcher = new SimulationDispatcher(seed is { } order ? new SeededEntropy(order ^ 0x5DEECE66D) : null);
        Time.Settle = RunDry;
        var options = new ActorSystemOptions { Dispatcher = _dispatcher, Time = Time, Entropy = Entropy, LoggerFactory = Logs };
        foreach (var name in (string[])["pool", "pinned", "blocking"])
            options.Dispatchers[name] = _dispatcher;
        configure?.Invoke(options);
        System = ActorSystem.Create("test", options);
        RunDry();
    }

    /// <summary>Gets the system.</summary>
    public ActorSystem System { get; }

    /// <summary>Gets the clock.</summary>
    public VirtualTime Time { get; } = new();

    /// <summary>Gets the randomness.</summary>
    public SeededEntropy Entropy { get; }

    /// <summary>Gets what was logged.</summary>
    public RecordingLogs Logs { get; } = new();

    /// <summary>Starts an actor under <c>/user</c>. It does not run yet.</summary>
    /// <param name="props">How to make it.</param>
    /// <param name="name">Its name; generated when null.</param>
    public IActorRef Spawn(Props props, string? name = null) => System.ActorOf(props, name);

    /// <summary>Makes a probe.</summary>
    /// <param name="name">Its name; generated when null.</param>
    public TestProbe CreateProbe(string? name = null) => new(this, name);

    /// <summary>Runs all mailboxes dry on this thread. The clock stands still.</summary>
    /// <returns>A completed task, so that a test can await it.</returns>
    public Task RunDryAsync()
    {
        RunDry();
        return Task.CompletedTask;
    }

    /// <summary>Runs all mailboxes dry, again and again, until the task has ended: for work that other threads do, such as a real pool or disk.</summary>
    /// <param name="task">What to wait for.</param>
    /// <param name="limit">Real time after which it fails; 10 s by default.</param>
    public async Task RunUntilAsync(Task task, TimeSpan? limit = null)
    {
        ArgumentNullException.ThrowIfNull(task);
        await RunUntilAsync(() => task.IsCompleted, limit);
        await task;
    }

    /// <inheritdoc cref="RunUntilAsync(Task, TimeSpan?)"/>
    /// <typeparam name="T">The type of the result.</typeparam>
    public async Task<T> RunUntilAsync<T>(Task<T> task, TimeSpan? limit = null)
    {
        ArgumentNullException.ThrowIfNull(task);
        await RunUntilAsync(() => task.IsCompleted, limit);
        return await task;
    }

    /// <summary>Runs all mailboxes dry, again and again, until the condition holds: for work that other threads do.</summary>
    /// <param name="condition">Looked at whenever no actor has anything to do.</param>
    /// <param name="limit">Real time after which it fails; 10 s by default.</param>
    public async Task RunUntilAsync(Func<bool> condition, TimeSpan? limit = null)
    {
        ArgumentNullException.ThrowIfNull(condition);
        var real = TimeProvider.System;
        var began = real.GetTimestamp();
        while (true)
        {
            RunDry();
            if (condition())
                return;
            if (real.GetElapsedTime(began) > (limit ?? TimeSpan.FromSeconds(10)))
                throw new ExpectationException("The condition did not come true in time; no actor has anything to do.");
            await Task.Delay(TimeSpan.FromMilliseconds(1), real);
        }
    }

    /// <summary>Asks, runs all mailboxes dry and returns the answer.</summary>
    /// <typeparam name="T">The type of the answer.</typeparam>
    /// <param name="target">Who is asked.</param>
    /// <param name="message">The question.</param>
    /// <exception cref="ExpectationException">There is no answer although no actor has anything to do.</exception>
    public async Task<T> AskAsync<T>(IActorRef target, object message)
    {
        var answer = target.Ask<T>(message, TimeSpan.FromSeconds(3));
        RunDry();
        if (!answer.IsCompleted)
            throw new ExpectationException($"{target.Path} did not answer {message}; all mailboxes are dry.");
        return await answer;
    }

    /// <summary>Runs an action, then all mailboxes dry, and expects that an exception was logged on the way.</summary>
    /// <typeparam name="TException">The type of the exception, or of one it was caused by.</typeparam>
    /// <param name="action">What causes it.</param>
    /// <param name="count">How often it is logged.</param>
    /// <returns>The first.</returns>
    public TException ExpectLog<TException>(Action action, int count = 1)
        where TException : Exception
    {
        ArgumentNullException.ThrowIfNull(action);
        var before = Logs.Records.Count;
        action();
        RunDry();
        var found = Logs.Records.Skip(before).Select(static r => Find<TException>(r.Exception)).OfType<TException>().ToList();
        if (found.Count != count)
        {
            var logged = string.Join(Environment.NewLine, Logs.Records.Skip(before).Select(static r => $"  {r.Message} {r.Exception?.GetType().Name}"));
            throw new ExpectationException($"{typeof(TException).Name} was logged {found.Count} times, {count} expected. Logged:{Environment.NewLine}{logged}");
        }

        return found[0];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    /// <summary>Ends the system. Handlers that never end are given up.</summary>
    /// <param name="disposing">True.</param>
    protected virtual void Dispose(bool disposing)
    {
        if (_isDisposed)
            return;
        _isDisposed = true;
        _ = System.TerminateAsync();
        RunDry();
        for (var grace = 0; grace < 100 && !System.WhenTerminated.IsCompleted; grace++)
            Time.Advance(TimeSpan.FromSeconds(2));
    }

    /// <summary>Runs all mailboxes dry on this thread. The clock stands still.</summary>
    public void RunDry()
    {
        if (_isRunning)
            throw new InvalidOperationException("An actor tried to run the actors: RunDry, Advance and Expect belong to the test, not into a handler.");
        _isRunning = true;
        try
        {
            var last = _dispatcher.Turns + MaxTurns;
            while (_dispatcher.RunNext())
            {
                if (_dispatcher.Turns > last)
                    throw new ExpectationException($"The mailboxes are not dry after {MaxTurns} turns: some actors send to each other without an end.");
            }
        }
        finally
        {
            _isRunning = false;
        }
    }

    private static TException? Find<TException>(Exception? exception)
        where TException : Exception
    {
        for (; exception is not null; exception = exception.InnerException)
        {
            if (exception is TException found)
                return found;
        }

        return null;
    }
}
