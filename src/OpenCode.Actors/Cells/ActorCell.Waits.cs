using System.Runtime.ExceptionServices;

namespace OpenCode.Actors.Cells;

/// <content>What start, restart and stop wait for: a hook, the handler under way, the children.</content>
internal sealed partial class ActorCell
{
    private ValueTask HookAsync(in ValueTask hook, bool limited) => hook.IsCompleted ? hook : AwaitHookAsync(hook, limited);

    private async ValueTask AwaitHookAsync(ValueTask hook, bool limited)
    {
        var work = BeginWork(hook, isHandler: false);
        if (limited || _stopRequested)
            StartGrace(work);
        await work.WhenEnded();
        if (work.Error is { } error)
            ExceptionDispatchInfo.Throw(error);
    }

    /// <summary>Waits for the handler under way, no longer than the grace.</summary>
    private async ValueTask WorkEndAsync()
    {
        if (_work is not { } work)
            return;
        StartGrace(work);
        await work.WhenEnded();
    }

    private async ValueTask ChildrenEndAsync(bool onlyStopping)
    {
        while ((onlyStopping ? _children?.StoppingCount : _children?.Count) > 0)
        {
            var childEnded = Rare.ChildEnded ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            await childEnded.Task;
            Enter();
        }
    }

    private void StartGrace(UserWork work) => work.Grace ??= System.Time.CreateTimer(
        static state =>
        {
            var (cell, work) = ((ActorCell, UserWork))state!;
            cell.SendSystem(new GraceOver(work));
        },
        (this, work),
        System.StopGrace,
        Timeout.InfiniteTimeSpan);
}
