namespace OpenCode.Actors.Tests.TestKit;

/// <summary>The task scheduler of all steps: continuations of awaits inside a step come back as steps.</summary>
internal sealed class SeededTaskScheduler(SeededSystem system) : TaskScheduler
{
    public override int MaximumConcurrencyLevel => 1;

    protected override void QueueTask(Task task)
    {
        // Without the flag, what waits behind this task with ConfigureAwait(false), as PipeTo does, would be sent to the thread pool instead of running here.
        TaskFlags.Set(task, TaskCreationOptions.HideScheduler);
        system.Ready(new Step("task", () => TryExecuteTask(task)));
    }

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => system.IsDrivenHere && TryExecuteTask(task);

    protected override IEnumerable<Task>? GetScheduledTasks() => null;
}
