using OpenCode.Actors.Journal.Stores;

namespace OpenCode.Actors.Journal.Batches;

/// <summary>Listens for hints of appends. An append of this process brings what others committed below it, so while there is always one under way no hint is needed.</summary>
internal sealed class HintListener(IBatchStore store, BatchLog log, Committer committer, TailFollower tail, JournalLifetime life, TimeProvider time) : IAsyncDisposable
{
    // So many hints in a row that own appends made needless: listening stops. Each costs a wake-up of a process of the store and of this one.
    private const int ManyNeedless = 16;

    // How long the answer of an append may take that brings with it what a hint is about. To read that beside it would have it come twice.
    private static readonly TimeSpan SoonEnough = TimeSpan.FromMilliseconds(50);

    // Without an append for this long, listening begins again.
    private static readonly TimeSpan IdleAfter = TimeSpan.FromMilliseconds(5);

    private ITimer? _late;
    private Task _listening = Task.CompletedTask;
    private int _isLateSet;

    /// <summary>Begins to listen.</summary>
    public void Start()
    {
        _late = time.CreateTimer(_ => OnLate(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _listening = ListenAsync();
    }

    /// <summary>Stops listening, once the journal is closing.</summary>
    public async ValueTask DisposeAsync()
    {
        await _late!.DisposeAsync().ConfigureAwait(false);
        await _listening.ConfigureAwait(false);
    }

    private async Task ListenAsync()
    {
        var backoff = default(Backoff);
        while (!life.Stopping.IsCancellationRequested && life.Failure is null)
        {
            try
            {
                var hints = await store.ListenAsync(life.Stopping).ConfigureAwait(false);
                await using (hints.ConfigureAwait(false))
                {
                    // Whatever was missed without a connection: read after the listening began, not before.
                    tail.Wake();
                    backoff = default;
                    await HearAsync(hints).ConfigureAwait(false);
                }
            }
            catch (StoreException e) when (e is not StoreLostException)
            {
                await life.BackOffAsync(e, ref backoff, life.Stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException)
            {
                return;
            }
#pragma warning disable CA1031 // Whatever it is, the process does not know its store any more.
            catch (Exception e)
#pragma warning restore CA1031
            {
                life.Fail("listening to the log", e);
                return;
            }
        }
    }

    private async Task HearAsync(IStoreHints hints)
    {
        var needless = 0;
        while (true)
        {
            var isNeedless = OnHint(await hints.NextAsync(life.Stopping).ConfigureAwait(false));
            needless = isNeedless ? needless + 1 : 0;
            if (needless < ManyNeedless)
                continue;

            await hints.PauseAsync(life.Stopping).ConfigureAwait(false);
            await WaitUntilIdleAsync().ConfigureAwait(false);
            await hints.ResumeAsync(life.Stopping).ConfigureAwait(false);
            tail.Wake();
            needless = 0;
        }
    }

    /// <summary>Waits until this process has no append under way, or one for so long that what others commit would come late.</summary>
    private async Task WaitUntilIdleAsync()
    {
        long answered;
        do
        {
            answered = committer.Number;
            await life.DelayAsync(IdleAfter).ConfigureAwait(false);
        }
        while (answered != committer.Number || (committer.Pending.IsPending && committer.Pending.Elapsed < SoonEnough));
    }

    /// <summary>Has what a hint is about read.</summary>
    /// <returns>True if appends of this process make it needless: it is of one, or one that is under way brings what it is about.</returns>
    private bool OnHint(long hint)
    {
        tail.Hint(hint);

        // An append that is under way returns all that was committed below it, and mostly before a reading would.
        if (!committer.Pending.IsPending)
        {
            tail.ReadHinted();
            return hint <= log.OwnLast;
        }

        if (Interlocked.Exchange(ref _isLateSet, 1) == 0)
            _late!.Change(SoonEnough, Timeout.InfiniteTimeSpan);
        return true;
    }

    private void OnLate()
    {
        Volatile.Write(ref _isLateSet, 0);
        tail.ReadHinted();
    }
}
