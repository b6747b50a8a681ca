namespace OpenCode.Actors.Journal.Batches;

/// <content>Listening for hints of appends. An append of this process brings what others committed below it, so while there is always one under way no hint is needed.</content>
public sealed partial class BatchJournal
{
    // So many hints in a row that own appends made needless: listening stops. Each costs a wake-up of a process of the store and of this one.
    private const int ManyNeedless = 16;

    // How long the answer of an append may take that brings with it what a hint is about. To read that beside it would have it come twice.
    private static readonly TimeSpan SoonEnough = TimeSpan.FromMilliseconds(50);

    // Without an append for this long, listening begins again.
    private static readonly TimeSpan IdleAfter = TimeSpan.FromMilliseconds(5);

    private long _hinted;
    private int _isLateSet;

    private async Task ListenAsync()
    {
        var patience = default(Patience);
        while (!_stop.IsCancellationRequested && _failure is null)
        {
            try
            {
                var hints = await _store.ListenAsync(_stop.Token).ConfigureAwait(false);
                await using (hints.ConfigureAwait(false))
                {
                    // Whatever was missed without a connection: read after the listening began, not before.
                    _tailWakeup.Set();
                    patience = default;
                    await HearAsync(hints).ConfigureAwait(false);
                }
            }
            catch (StoreException e) when (e is not StoreLostException)
            {
                LogTailAway(_logger, patience.Level, e.Message);
                await PauseAsync(patience.Next()).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }
#pragma warning disable CA1031 // Whatever it is, the process does not know its store any more.
            catch (Exception e)
#pragma warning restore CA1031
            {
                Fail("listening to the log", Cause(e));
                return;
            }
        }
    }

    private async Task HearAsync(IStoreHints hints)
    {
        var needless = 0;
        while (true)
        {
            var isNeedless = OnHint(await hints.NextAsync(_stop.Token).ConfigureAwait(false));
            needless = isNeedless ? needless + 1 : 0;
            if (needless < ManyNeedless)
                continue;

            await hints.PauseAsync(_stop.Token).ConfigureAwait(false);
            await WaitUntilIdleAsync().ConfigureAwait(false);
            await hints.ResumeAsync(_stop.Token).ConfigureAwait(false);
            _tailWakeup.Set();
            needless = 0;
        }
    }

    /// <summary>Waits until this process has no append under way, or one for so long that what others commit would come late.</summary>
    private async Task WaitUntilIdleAsync()
    {
        long answered;
        do
        {
            answered = Volatile.Read(ref _number);
            await DelayAsync(IdleAfter).ConfigureAwait(false);
        }
        while (answered != Volatile.Read(ref _number) || (Volatile.Read(ref _appendSince) is var since && since != Answered && _time.GetElapsedTime(since) < SoonEnough));
    }

    /// <summary>Has what a hint is about read.</summary>
    /// <returns>True if appends of this process make it needless: it is of one, or one that is under way brings what it is about.</returns>
    private bool OnHint(long hint)
    {
        // One that comes late must not hide a later one that waits.
        if (hint > _hinted)
            Volatile.Write(ref _hinted, hint);

        // An append that is under way returns all that was committed below it, and mostly before a reading would.
        if (Volatile.Read(ref _appendSince) == Answered)
        {
            ReadHinted();
            return hint <= Volatile.Read(ref _ownLast);
        }

        if (Interlocked.Exchange(ref _isLateSet, 1) == 0)
            _late.Change(SoonEnough, Timeout.InfiniteTimeSpan);
        return true;
    }

    private void OnLate()
    {
        Volatile.Write(ref _isLateSet, 0);
        ReadHinted();
    }

    private void ReadHinted()
    {
        // Of an own batch that waits for what is below it the reader knows already.
        if (Volatile.Read(ref _hinted) > Math.Max(Head, Volatile.Read(ref _ownLast)))
            _tailWakeup.Set();
    }
}
