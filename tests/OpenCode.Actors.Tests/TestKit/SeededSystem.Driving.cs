namespace OpenCode.Actors.Tests.TestKit;

using System.Reflection;
using Akka.Actor;
using Akka.Actor.Internal;
using Akka.Dispatch;
using Akka.Util;

/// <content>Runs the steps, on the thread of the caller.</content>
public sealed partial class SeededSystem
{
    private static readonly ThreadLocal<Random> _akkasRandom = (ThreadLocal<Random>)(typeof(ThreadLocalRandom).GetField("_rng", BindingFlags.NonPublic | BindingFlags.Static)?.GetValue(null)
        ?? throw new MissingFieldException("ThreadLocalRandom._rng: this version of Akka keeps its randomness elsewhere."));

    private static readonly PropertyInfo _actorOfMailbox = typeof(Mailbox).GetProperty("Actor", BindingFlags.NonPublic | BindingFlags.Instance)
        ?? throw new MissingMemberException("Mailbox.Actor: this version of Akka keeps the actor of a mailbox elsewhere.");

    private readonly Lock _driving = new();
    private readonly Random _random;
    private readonly Queue<Step> _inline = [];
    private bool _runsInline;
    private bool _isRunningInline;
    private TestContinuations? _continuations;

    /// <summary>Gets a value indicating whether the current thread runs the steps.</summary>
    internal bool IsDrivenHere => _driving.IsHeldByCurrentThread;

    /// <summary>Runs all steps until none is left. The clock stands still.</summary>
    public void RunDry()
    {
        Enter();
        try
        {
            RunDryAsDriver();
        }
        finally
        {
            Exit();
        }
    }

    /// <summary>Runs one step.</summary>
    /// <returns>False when there is none.</returns>
    public bool RunOne()
    {
        Enter();
        try
        {
            return TryStep();
        }
        finally
        {
            Exit();
        }
    }

    /// <summary>Moves the clock. All steps run before it moves; what becomes due on the way fires at its own time, each followed by all steps it causes.</summary>
    /// <param name="span">Zero or more.</param>
    public void Advance(TimeSpan span)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(span, TimeSpan.Zero);
        Enter();
        try
        {
            var end = Time.GetTimestamp() + span.Ticks;
            var last = Steps + MaxSteps;
            while (true)
            {
                var hasTimer = Time.NextDue is { } due && due <= end;
                if (!(hasTimer && TimeWins()) && TryStep())
                    CheckSteps(last);
                else if (hasTimer)
                    FireNext(end);
                else
                    break;
            }

            Time.MoveTo(end);
        }
        finally
        {
            Exit();
        }
    }

    /// <summary>Runs something of the test as a step: awaits inside it come back as steps.</summary>
    /// <param name="action">What to do.</param>
    public void Do(Action action)
    {
        Enter();
        try
        {
            RunAsTask(action);
            After();
        }
        finally
        {
            Exit();
        }
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

    /// <summary>Moves the clock to the next timer and makes it a step, if it is due within the limit.</summary>
    /// <returns>False when there is no such timer; the clock stands still then.</returns>
    internal bool AdvanceToNext(TimeSpan limit)
    {
        Enter();
        try
        {
            return FireNext(Time.GetTimestamp() + limit.Ticks);
        }
        finally
        {
            Exit();
        }
    }

    /// <summary>From here on new steps run inside the call that causes them: for code of Akka.TestKit that waits for an actor on the thread of the test.</summary>
    internal SeededSystem BeginInline()
    {
        Enter();
        RunDryAsDriver();
        _runsInline = true;
        return this;
    }

    /// <summary>Ends <see cref="BeginInline"/>.</summary>
    internal void EndInline()
    {
        _runsInline = false;
        Exit();
    }

    /// <summary>Lets the awaits of a test that steps complete go on when the run ends.</summary>
    /// <param name="outer">The context of the test's thread until now.</param>
    internal SynchronizationContext TakeContinuations(SynchronizationContext? outer) => _continuations = new TestContinuations(() => _isDriven, outer);

    /// <summary>Calls code of Akka.TestKit that waits on this thread for an actor to start.</summary>
    internal T DoInline<T>(Func<T> function)
    {
        if (IsDrivenHere)
            return CallInline(function);

        var context = SynchronizationContext.Current;
        BeginInline();
        try
        {
            return CallInline(function);
        }
        finally
        {
            EndInline();
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }

    private T CallInline<T>(Func<T> function)
    {
        var before = _runsInline;
        _runsInline = true;
        try
        {
            return function();
        }
        finally
        {
            _runsInline = before;
        }
    }

    private void Enter()
    {
        if (IsDrivenHere)
            throw new InvalidOperationException("An actor tried to run the actors: RunDry, Advance and Expect belong to the test, not into a handler.");

        _driving.Enter();
        _akkasRandom.Value = _random;
        try
        {
            BeginWatch();
            _asks?.JoinNew();
        }
        catch
        {
            Exit();
            throw;
        }
    }

    private void Exit()
    {
        EndWatch();
        _driving.Exit();
        _continuations?.Run();
    }

    private void RunDryAsDriver()
    {
        var last = Steps + MaxSteps;
        while (TryStep())
            CheckSteps(last);
    }

    private void CheckSteps(long last)
    {
        if (Steps > last)
            throw new ExpectationException($"The system is not dry after {MaxSteps} steps{Place}: some actors send to each other without an end.");
    }

    private bool TryStep()
    {
        if (!_ready.TryTake(out var step, out var choices))
            return false;

        Execute(step, choices);
        return true;
    }

    private void Execute(Step step, int choices)
    {
        Steps++;
        _trace.Add(step.Key < FirstTaskKey ? step.Key : -1, choices, step.What);
        _trace.Lines?.Add($"{Steps} 1/{choices} {(step.Run.Target is Mailbox mailbox ? PathOf(mailbox) : step.What)}");
        if (step.IsOutside)
            RunBare(step.Run);
        else
            RunAsTask(step.Run);
        After();
    }

    private bool TryRunInline(Step step)
    {
        if (!_runsInline || !IsDrivenHere)
            return false;

        _inline.Enqueue(step);
        if (_isRunningInline)
            return true;

        _isRunningInline = true;
        try
        {
            while (_inline.TryDequeue(out var next))
                Execute(next, 1);
        }
        finally
        {
            _isRunningInline = false;
        }

        return true;
    }

    private bool FireNext(long end)
    {
        if (Time.TakeDue(end) is not { } first)
            return false;

        Ready(new Step("timer", first.Fire) { IsOutside = true });

        // With a seed, timers of the same moment race. Without one, each is followed by all it causes.
        while (_order is not null && Time.TakeDue(Time.GetTimestamp()) is { } other)
            Ready(new Step("timer", other.Fire) { IsOutside = true });
        return true;
    }

    private bool TimeWins() => TimeRace > 0 && _order?.NextDouble() < TimeRace;

    private void RunAsTask(Action action) => RunBare(() => _tasks.Run(action));

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

    private static string PathOf(Mailbox mailbox) => ((ActorCell)_actorOfMailbox.GetValue(mailbox)!).Self.Path.ToStringWithoutAddress();

    private void After()
    {
        _asks?.JoinNew();
        ThrowEscapes();
    }
}
