using System.Runtime.CompilerServices;
using Akka.Actor.Internal;
using Akka.Dispatch;

namespace OpenCode.Actors.Tests.TestKit;

/// <summary>Keeps the steps that are ready and runs them one by one on the thread of the caller.</summary>
internal sealed class StepRunner
{
    // Above the numbers of all mailboxes.
    private const long FirstTaskKey = 1L << 40;

    private readonly ReadySteps _ready;
    private readonly SeededTaskScheduler _tasks;
    private readonly EscapeWatch _escapes;
    private readonly Func<bool> _isDrivenHere;
    private readonly Action _after;
    private readonly ConditionalWeakTable<Mailbox, MailboxNumber> _mailboxes = [];
    private readonly Queue<Step> _inline = [];
    private long _lastKey = FirstTaskKey;
    private int _mailboxCount;
    private bool _isRunningInline;

    /// <summary>Initializes a new instance of the <see cref="StepRunner"/> class.</summary>
    /// <param name="order">Picks the next step; null: first come, first served.</param>
    /// <param name="escapes">Receives what arrives.</param>
    /// <param name="isDrivenHere">Whether the current thread is the one that runs steps now.</param>
    /// <param name="after">Runs after each step.</param>
    public StepRunner(SeededEntropy? order, EscapeWatch escapes, Func<bool> isDrivenHere, Action after)
    {
        _ready = new ReadySteps(order);
        _tasks = new SeededTaskScheduler(this, isDrivenHere);
        _escapes = escapes;
        _isDrivenHere = isDrivenHere;
        _after = after;
    }

    /// <summary>Gets the number of steps so far.</summary>
    public long Steps { get; private set; }

    public StepTrace Trace { get; } = new();

    /// <summary>Gets or sets a value indicating whether new steps run inside the call that adds them.</summary>
    public bool RunsInline { get; set; }

    /// <summary>Adds a run of a mailbox.</summary>
    public void Add(Mailbox mailbox)
    {
        if (!_mailboxes.TryGetValue(mailbox, out var number))
            _mailboxes.Add(mailbox, number = new MailboxNumber(Interlocked.Increment(ref _mailboxCount)));
        Add(new Step("mailbox", mailbox.Run) { Key = number.Value });
    }

    /// <summary>Adds a step.</summary>
    public void Add(Step step)
    {
        _escapes.Arrived(step.What);
        if (step.Key == 0)
            step = step with { Key = Interlocked.Increment(ref _lastKey) };
        if (RunsInline && _isDrivenHere())
            AddInline(step);
        else
            _ready.Add(step);
    }

    /// <summary>Runs the next step.</summary>
    /// <returns>False when there is none.</returns>
    public bool TryRun()
    {
        if (!_ready.TryTake(out var step, out var choices))
            return false;

        Run(step, choices);
        return true;
    }

    /// <summary>Runs something as a step that is not in the trace.</summary>
    public void RunAsTask(Action action)
    {
        RunBare(() => _tasks.Run(action));
        _after();
    }

    // Without a context: that of xunit would be captured by awaits, and a step is of no actor until its mailbox says so.
    private static void RunBare(Action action)
    {
        var context = SynchronizationContext.Current;
        var cell = InternalCurrentActorCellKeeper.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        InternalCurrentActorCellKeeper.Current = null;
        try
        {
            action();
        }
        finally
        {
            InternalCurrentActorCellKeeper.Current = cell;
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }

    private void Run(Step step, int choices)
    {
        Steps++;
        Trace.Add(Steps, step, step.Key < FirstTaskKey ? step.Key : -1, choices);
        if (step.IsOutside)
        {
            RunBare(step.Run);
            _after();
        }
        else
        {
            RunAsTask(step.Run);
        }
    }

    private void AddInline(Step step)
    {
        _inline.Enqueue(step);
        if (_isRunningInline)
            return;

        _isRunningInline = true;
        try
        {
            while (_inline.TryDequeue(out var next))
                Run(next, choices: 1);
        }
        finally
        {
            _isRunningInline = false;
        }
    }

    private sealed record MailboxNumber(long Value);
}
