using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;

namespace OpenCode.Actors.Tests.TestKit;

/// <summary>An actor system of which all runs on the thread that asks for it, step by step, on virtual time.</summary>
/// <remarks>
/// A step is one message of one mailbox, one continuation of an await, one timer, or one completion of a fake (<see cref="Outside"/>). Nothing runs by itself: steps run in
/// <see cref="RunDry"/> and <see cref="Advance"/>. Without a seed they run first come, first served; with one the seed picks. Any thread may drive, one at a time.
/// </remarks>
public sealed class SeededSystem : IDisposable
{
    [ThreadStatic]
    private static SeededSystem? _beingCreated;

    private readonly Lock _driving = new();
    private readonly EscapeWatch _escapes = new();
    private readonly SeededEntropy? _order;
    private readonly Random _akkasRandom;
    private readonly StepRunner _steps;
    private readonly AskBridge? _asks;
    private TestContinuations? _continuations;
    private bool _isDisposed;

    /// <summary>Initializes a new instance of the <see cref="SeededSystem"/> class.</summary>
    /// <param name="seed">Picks the order of steps and seeds Akka's own randomness; null: first come, first served.</param>
    /// <param name="config">Goes before the configuration of the kit.</param>
    /// <param name="time">The clock; a new one when null.</param>
    public SeededSystem(ulong? seed = null, Config? config = null, VirtualTime? time = null)
    {
        Seed = seed;
        _order = seed is { } number ? new SeededEntropy(number ^ 0x5DEECE66D) : null;
        _akkasRandom = new Random(unchecked((int)(seed ?? 1)));
        _steps = new StepRunner(_order, _escapes, () => _driving.IsHeldByCurrentThread, After);
        Time = time ?? new VirtualTime();
        Time.Owner = this;
        _beingCreated = this;
        try
        {
#pragma warning disable RS0030 // The one that the others use.
            System = Do(() => ActorSystem.Create("test", config is null ? SeededConfig.Default : config.WithFallback(SeededConfig.Default)));
#pragma warning restore RS0030
        }
        finally
        {
            _beingCreated = null;
        }

        _asks = new AskBridge(this);
    }

    /// <summary>Gets the seed; null when steps run first come, first served.</summary>
    public ulong? Seed { get; }

    /// <summary>Gets the system.</summary>
    public ActorSystem System { get; }

    /// <summary>Gets the clock, which is Akka's too.</summary>
    public VirtualTime Time { get; }

    /// <summary>Gets or sets the chance, a step, that the clock moves to the next timer although steps are ready: time-outs race with their answers then. Needs a seed.</summary>
    public double TimeRace { get; set; }

    /// <summary>Gets or sets how many steps a run may take before it fails: two actors that answer each other for ever would hang the tests.</summary>
    public int MaxSteps { get; set; } = 1_000_000;

    /// <summary>
    /// Gets or sets a value indicating whether an escape fails the run: work that a step queues to the thread pool, a real timer, or a message from another thread.
    /// On by default. Turn it off where a test uses real threads on purpose; their steps are taken as they come then.
    /// </summary>
    public bool WatchesEscapes
    {
        get => _escapes.IsOn;
        set => _escapes.IsOn = value;
    }

    /// <summary>Gets the number of steps so far.</summary>
    public long Steps => _steps.Steps;

    /// <summary>Gets a hash over all steps and notes so far, in their order: the same for the same seed.</summary>
    public ulong TraceHash => _steps.Trace.Hash;

    /// <summary>Gets the trace as text, one line a step; empty unless <see cref="KeepTrace"/> was called.</summary>
    public IReadOnlyList<string> Trace => _steps.Trace.Lines ?? [];

    /// <summary>Gets the system whose constructor runs on this thread.</summary>
    internal static SeededSystem BeingCreated => _beingCreated ?? throw new InvalidOperationException("This configuration is for a SeededSystem: create the system through it.");

    private string Place => Seed is { } seed ? $"seed {seed}, step {Steps}" : $"step {Steps}";

    /// <summary>Keeps the trace as text from here on.</summary>
    public void KeepTrace() => _steps.Trace.KeepText();

    /// <summary>Adds a note of the application to the trace.</summary>
    /// <param name="note">Must be the same for the same seed: no paths of streams, no uids.</param>
    public void Say(string note)
    {
        ArgumentNullException.ThrowIfNull(note);
        _steps.Trace.Say(note);
    }

    /// <summary>Returns a number from 0 (inclusive) to <paramref name="max"/> (exclusive), chosen by the seed; 0 without one.</summary>
    /// <param name="max">1 or more.</param>
    public int Choose(int max) => _order?.Next(max) ?? 0;

    /// <summary>Makes something that the world outside does, such as the completion of a fake, a step. It runs without a task scheduler, so what awaits it goes on inside it.</summary>
    /// <param name="what">Its name in the trace.</param>
    /// <param name="action">What happens.</param>
    public void Outside(string what, Action action) => Ready(new Step(what, action) { IsOutside = true });

    /// <summary>Runs all steps until none is left. The clock stands still.</summary>
    public void RunDry()
    {
        using var drive = Drive();
        RunDryAsDriver();
    }

    /// <summary>Runs one step.</summary>
    /// <returns>False when there is none.</returns>
    public bool RunOne()
    {
        using var drive = Drive();
        return _steps.TryRun();
    }

    /// <summary>Moves the clock. All steps run before it moves; what becomes due on the way fires at its own time, each followed by all steps it causes.</summary>
    /// <param name="span">Zero or more.</param>
    public void Advance(TimeSpan span)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(span, TimeSpan.Zero);
        using var drive = Drive();
        var end = Time.GetTimestamp() + span.Ticks;
        var last = Steps + MaxSteps;
        while (true)
        {
            var hasTimer = Time.NextDue is { } due && due <= end;
            if (!(hasTimer && TimeWins()) && _steps.TryRun())
                CheckSteps(last);
            else if (!FireNext(end))
                break;
        }

        Time.MoveTo(end);
    }

    /// <summary>Runs something of the test as a step: awaits inside it come back as steps.</summary>
    /// <param name="action">What to do.</param>
    public void Do(Action action)
    {
        using var drive = Drive();
        _steps.RunAsTask(action);
    }

    /// <inheritdoc cref="Do(Action)"/>
    /// <typeparam name="T">The type of the result.</typeparam>
    /// <param name="function">What to do.</param>
    public T Do<T>(Func<T> function)
    {
        T result = default!;
        Do(() =>
        {
            result = function();
        });
        return result;
    }

    /// <summary>Ends the system by steps, without a real wait. Handlers that never end are given up.</summary>
    public void Dispose()
    {
        if (_isDisposed)
            return;
        _isDisposed = true;
        WatchesEscapes = false;
        _ = Do(System.Terminate);
        RunDry();

        // Not WhenTerminated: Akka completes that on the thread pool, a little later.
        var ended = ((ExtendedActorSystem)System).Provider.TerminationTask;
        for (var grace = 0; grace < 10 && !ended.IsCompleted; grace++)
            Advance(TimeSpan.FromSeconds(2));
    }

    /// <summary>Moves the clock to the next timer and makes it a step, if it is due within the limit.</summary>
    /// <returns>False when there is no such timer; the clock stands still then.</returns>
    internal bool AdvanceToNext(TimeSpan limit)
    {
        using var drive = Drive();
        return FireNext(Time.GetTimestamp() + limit.Ticks);
    }

    /// <summary>Makes a mailbox that has something to do a step.</summary>
    internal void Ready(Mailbox mailbox) => _steps.Add(mailbox);

    /// <summary>Adds a step.</summary>
    internal void Ready(Step step) => _steps.Add(step);

    /// <summary>Notes an escape when the caller is not the thread that drives.</summary>
    internal void CheckThread(string what) => _escapes.Arrived(what);

    /// <summary>Lets the awaits of a test that steps complete go on when the run ends.</summary>
    /// <param name="outer">The context of the test's thread until now.</param>
    internal SynchronizationContext TakeContinuations(SynchronizationContext? outer) => _continuations = new TestContinuations(() => _escapes.IsDriven, outer);

    /// <summary>From here on new steps run inside the call that causes them: for code of Akka.TestKit that waits on this thread for an actor to start.</summary>
    internal SeededSystem BeginInline()
    {
        Enter();
        RunDryAsDriver();
        _steps.RunsInline = true;
        return this;
    }

    /// <summary>Ends <see cref="BeginInline"/>.</summary>
    internal void EndInline()
    {
        _steps.RunsInline = false;
        Exit();
    }

    private DriveScope Drive()
    {
        Enter();
        return new DriveScope(this);
    }

    private void Enter()
    {
        if (_driving.IsHeldByCurrentThread)
            throw new InvalidOperationException("An actor tried to run the actors: RunDry, Advance and Expect belong to the test, not into a handler.");

        _driving.Enter();
        try
        {
            AkkaRandom.Use(_akkasRandom);
            _escapes.Begin();
            After();
        }
        catch
        {
            Exit();
            throw;
        }
    }

    private void Exit()
    {
        _escapes.End();
        _driving.Exit();
        _continuations?.Run();
    }

    private void RunDryAsDriver()
    {
        var last = Steps + MaxSteps;
        while (_steps.TryRun())
            CheckSteps(last);
    }

    private void CheckSteps(long last)
    {
        if (Steps > last)
            throw new ExpectationException($"The system is not dry after {MaxSteps} steps ({Place}): some actors send to each other without an end.");
    }

    private bool FireNext(long end)
    {
        if (Time.TakeDue(end) is not { } first)
            return false;

        Outside("timer", first.Fire);

        // With a seed, timers of the same moment race. Without one, each is followed by all it causes.
        while (_order is not null && Time.TakeDue(Time.GetTimestamp()) is { } other)
            Outside("timer", other.Fire);
        return true;
    }

    private bool TimeWins() => TimeRace > 0 && _order?.NextDouble() < TimeRace;

    private void After()
    {
        _asks?.JoinNew();
        if (_escapes.Take() is { } escape)
            throw new EscapeException($"Work left the seeded thread ({Place}): {escape}");
    }

    private readonly struct DriveScope(SeededSystem system) : IDisposable
    {
        public void Dispose() => system.Exit();
    }
}
