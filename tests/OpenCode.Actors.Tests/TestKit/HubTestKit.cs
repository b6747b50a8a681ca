using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using Akka.Streams;
using Akka.TestKit;
using OpenCode.Actors.Tests.TestKit.Doors;

namespace OpenCode.Actors.Tests.TestKit;

/// <summary>Base of a test class: Akka on one thread with virtual time, seeded entropy and recorded logs.</summary>
/// <remarks>Nothing runs by itself. Actors run in <see cref="RunDry"/>, in <see cref="VirtualTime.Advance"/> and in the expectations of probes.</remarks>
public abstract class HubTestKit : Akka.TestKit.Xunit2.TestKit, INoImplicitSender, IAsyncDisposable
{
    private readonly EventStreamRecorder _recorder;
    private readonly SynchronizationContext _continuations;
    private readonly SynchronizationContext? _outerContext;
    private IMaterializer? _materializer;

    /// <summary>Initializes a new instance of the <see cref="HubTestKit"/> class.</summary>
    /// <param name="seed">Null: steps run first come, first served. Otherwise the seed picks their order.</param>
    /// <param name="config">Goes before the configuration of the kit.</param>
    protected HubTestKit(ulong? seed = null, Config? config = null)
        : this(new SeededSystem(seed, config), SynchronizationContext.Current)
    {
    }

    private HubTestKit(SeededSystem system, SynchronizationContext? context)
        : base(system.BeginInline().System)
    {
        system.EndInline();

        _outerContext = context;
        _continuations = system.TakeContinuations(context);

        // The base class leaves one here that goes to the thread pool.
        SynchronizationContext.SetSynchronizationContext(_continuations);
        Simulation = system;
        Entropy = new SeededEntropy(system.Seed ?? 1);
        _recorder = new EventStreamRecorder(Sys, Logs);
        RunDry();
    }

    /// <summary>Gets what runs the system: order, trace, fakes' completions.</summary>
    public SeededSystem Simulation { get; }

    /// <summary>Gets the clock.</summary>
    public VirtualTime Time => Simulation.Time;

    /// <summary>Gets the randomness.</summary>
    public SeededEntropy Entropy { get; }

    /// <summary>Gets what was logged, by our loggers and (warnings and errors) by Akka.</summary>
    public RecordingLogs Logs { get; } = new();

    /// <summary>Gets the dead letters so far, without those that are suppressed.</summary>
    public IReadOnlyCollection<AllDeadLetters> DeadLetters => _recorder.DeadLetters;

    /// <summary>Gets the messages so far that an actor did not handle.</summary>
    public IReadOnlyCollection<UnhandledMessage> Unhandled => _recorder.Unhandled;

    /// <summary>Gets the materializer of the system, ready to use.</summary>
    public IMaterializer Materializer
    {
        get
        {
            if (_materializer is null)
            {
                // Its supervisor has to start before anything is materialised: the first use would wait for it on this thread.
                _materializer = Simulation.Do(() => Sys.Materializer());
                RunDry();
            }

            return _materializer;
        }
    }

    /// <summary>Starts an actor under <c>/user</c>. It does not run yet.</summary>
    /// <param name="props">How to make it.</param>
    /// <param name="name">Its name; generated when null.</param>
    public IActorRef Spawn(Props props, string? name = null) => Sys.ActorOf(props, name);

    /// <summary>Makes a probe.</summary>
    /// <param name="name">Its name; generated when null.</param>
    public HubProbe CreateProbe(string? name = null) => new(Simulation, name);

    /// <summary>Runs all mailboxes dry on this thread. The clock stands still.</summary>
    public void RunDry() => Simulation.RunDry();

    /// <inheritdoc cref="RunDry"/>
    /// <returns>A completed task, so that a test can await it.</returns>
    public Task RunDryAsync()
    {
        RunDry();
        return Task.CompletedTask;
    }

    /// <summary>Runs all mailboxes dry, again and again, until the task has ended: for work that other threads do, such as a real pool or disk.</summary>
    /// <param name="task">What to wait for.</param>
    /// <param name="limit">Real time after which it fails; 60 s by default.</param>
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

    /// <summary>Runs all mailboxes dry, again and again, until the condition holds: for work that other threads do, so escapes are allowed meanwhile.</summary>
    /// <param name="condition">Looked at whenever no actor has anything to do.</param>
    /// <param name="limit">Real time after which it fails; 60 s by default.</param>
    public async Task RunUntilAsync(Func<bool> condition, TimeSpan? limit = null)
    {
        ArgumentNullException.ThrowIfNull(condition);
        var watched = Simulation.WatchesEscapes;
        Simulation.WatchesEscapes = false;
        try
        {
            RunDry();
            await OtherThreads.UntilAsync(condition, RunDry, limit);
        }
        finally
        {
            Simulation.WatchesEscapes = watched;
        }
    }

    /// <summary>Asks, runs all mailboxes dry and returns the answer.</summary>
    /// <typeparam name="T">The type of the answer.</typeparam>
    /// <param name="target">The actor that is asked.</param>
    /// <param name="message">The question.</param>
    /// <exception cref="ExpectationException">There is no answer although no actor has anything to do.</exception>
    public async Task<T> AskAsync<T>(IActorRef target, object message)
    {
        ArgumentNullException.ThrowIfNull(target);
        var answer = target.Ask<T>(message);
        RunDry();
        if (!answer.IsCompleted)
            throw new ExpectationException($"{target.Path} did not answer {message}; all mailboxes are dry.");
        return await answer;
    }

    /// <summary>Makes a task that a step completes: the answer of a fake.</summary>
    /// <typeparam name="T">The type of the result.</typeparam>
    /// <param name="what">Its name in the trace.</param>
    /// <param name="result">Runs in the step; what it throws fails the task.</param>
    public Task<T> Later<T>(string what, Func<T> result) => Simulation.Later(what, result);

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
    public override Akka.TestKit.TestProbe CreateTestProbe(string? name = null) => Simulation.DoInline(() => base.CreateTestProbe(name));

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        Dispose();
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    /// <summary>Ends the system by steps, without a real wait. Handlers that never end are given up.</summary>
    /// <param name="duration">Not used.</param>
    /// <param name="verifySystemShutdown">Not used.</param>
    public override void Shutdown(TimeSpan? duration = null, bool verifySystemShutdown = false)
    {
        Simulation.Dispose();
        if (SynchronizationContext.Current == _continuations)
            SynchronizationContext.SetSynchronizationContext(_outerContext);
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
