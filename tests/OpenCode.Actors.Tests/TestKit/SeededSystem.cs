namespace OpenCode.Actors.Tests.TestKit;

using System.Runtime.CompilerServices;
using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;

/// <summary>An actor system of which all runs on the thread that asks for it, step by step, on virtual time.</summary>
/// <remarks>
/// A step is one message of one mailbox, one continuation of an await, one timer, or one completion of a fake (<see cref="Outside"/>). Nothing runs by itself: steps run in
/// <see cref="RunDry"/> and <see cref="Advance"/>. Without a seed they run first come, first served; with one the seed picks. Any thread may drive, one at a time.
/// </remarks>
public sealed partial class SeededSystem : IDisposable
{
    // Above the numbers of all mailboxes.
    private const long FirstTaskKey = 1L << 40;

    [ThreadStatic]
    private static SeededSystem? _beingCreated;

    private readonly SeededEntropy? _order;
    private readonly ReadySteps _ready;
    private readonly StepTrace _trace = new();
    private readonly ConditionalWeakTable<Mailbox, MailboxNumber> _mailboxes = [];
    private readonly SeededTaskScheduler _tasks;
    private readonly AskBridge? _asks;
    private long _lastKey = FirstTaskKey;
    private int _mailboxCount;
    private bool _isDisposed;

    /// <summary>Initializes a new instance of the <see cref="SeededSystem"/> class.</summary>
    /// <param name="seed">Picks the order of steps and seeds Akka's own randomness; null: first come, first served.</param>
    /// <param name="config">Goes before the configuration of the kit.</param>
    /// <param name="time">The clock; a new one when null.</param>
    public SeededSystem(ulong? seed = null, Config? config = null, VirtualTime? time = null)
    {
        Seed = seed;
        _order = seed is { } number ? new SeededEntropy(number ^ 0x5DEECE66D) : null;
        _ready = new ReadySteps(_order);
        _random = new Random(unchecked((int)(seed ?? 1)));
        _tasks = new SeededTaskScheduler(this);
        Time = time ?? new VirtualTime();
        Time.Owner = this;
        _beingCreated = this;
        try
        {
            System = Do(() => ActorSystem.Create("test", config is null ? SeededConfig.Default : config.WithFallback(SeededConfig.Default)));
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

    /// <summary>Gets or sets how many steps <see cref="RunDry"/> or <see cref="Advance"/> may take before they fail: two actors that answer each other for ever would hang the tests.</summary>
    public int MaxSteps { get; set; } = 1_000_000;

    /// <summary>Gets the number of steps so far.</summary>
    public long Steps { get; private set; }

    /// <summary>Gets a hash over all steps and notes so far, in their order: the same for the same seed.</summary>
    public ulong TraceHash => _trace.Hash;

    /// <summary>Gets the trace as text, one line a step; empty unless <see cref="KeepTrace"/> was called.</summary>
    public IReadOnlyList<string> Trace => _trace.Lines ?? [];

    /// <summary>Gets the system whose constructor runs on this thread.</summary>
    internal static SeededSystem BeingCreated => _beingCreated ?? throw new InvalidOperationException("This configuration is for a SeededSystem: create the system through it.");

    /// <summary>Keeps the trace as text from here on.</summary>
    public void KeepTrace() => _trace.KeepText();

    /// <summary>Adds a note of the application to the trace.</summary>
    /// <param name="note">Must be the same for the same seed: no paths of streams, no uids.</param>
    public void Say(string note)
    {
        ArgumentNullException.ThrowIfNull(note);
        _trace.Say(note);
    }

    /// <summary>Returns a number from 0 (inclusive) to <paramref name="max"/> (exclusive), chosen by the seed; 0 without one.</summary>
    /// <param name="max">1 or more.</param>
    public int Choose(int max) => _order?.Next(max) ?? 0;

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

    /// <summary>Makes a mailbox that has something to do a step.</summary>
    internal void Ready(Mailbox mailbox)
    {
        if (!_mailboxes.TryGetValue(mailbox, out var number))
            _mailboxes.Add(mailbox, number = new MailboxNumber(Interlocked.Increment(ref _mailboxCount)));
        Ready(new Step("mailbox", mailbox.Run) { Key = number.Value });
    }

    /// <summary>Adds a step.</summary>
    internal void Ready(Step step)
    {
        CheckThread(step.What);
        if (step.Key == 0)
            step = step with { Key = Interlocked.Increment(ref _lastKey) };
        if (!TryRunInline(step))
            _ready.Add(step);
    }

    private sealed record MailboxNumber(long Value);
}
