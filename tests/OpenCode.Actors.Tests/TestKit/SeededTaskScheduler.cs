using System.Runtime.ExceptionServices;

namespace OpenCode.Actors.Tests.TestKit;

/// <summary>The task scheduler of all steps: continuations of awaits inside a step come back as steps.</summary>
internal sealed class SeededTaskScheduler(StepRunner steps, Func<bool> isDrivenHere) : TaskScheduler
{
    private Task? _step;

    public override int MaximumConcurrencyLevel => 1;

    /// <summary>Runs a step as a task of this scheduler, here and now.</summary>
    public void Run(Action action)
    {
        // A stage may attach a child to the current task; the step would wait for it.
        var step = new Task(action, TaskCreationOptions.DenyChildAttach);
        _step = step;
        step.RunSynchronously(this);
        if (step.Exception?.InnerException is { } failure)
            ExceptionDispatchInfo.Throw(failure);
    }

    protected override void QueueTask(Task task)
    {
        // Without the flag, what waits behind this task with ConfigureAwait(false), as PipeTo does, would be sent to the thread pool instead of running here.
        TaskFlags.Set(task, TaskCreationOptions.HideScheduler);
        steps.Add(new Step("task", () => TryExecuteTask(task)));
    }

    // The runtime offers a continuation here when the thread is one of the pool, and queues it otherwise. It is always queued, so that the kind of thread changes nothing.
    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) =>
        isDrivenHere() && (ReferenceEquals(task, _step) || taskWasPreviouslyQueued) && TryExecuteTask(task);

    protected override IEnumerable<Task>? GetScheduledTasks() => null;
}
