namespace OpenCode.Actors.Journaling.Shared;

/// <content>What happens beside the log: hints to others, and retention.</content>
public sealed partial class SharedJournal
{
    private readonly Lock _notifyGate = new();
    private Task _notifying = Task.CompletedTask;
    private Task _trimming = Task.CompletedTask;
    private bool _isNotifying;
    private long _toNotify;

    /// <summary>Tells the others, one hint at a time: while one is on its way, those for all later batches become the next one.</summary>
    private void Notify(long head)
    {
        lock (_notifyGate)
        {
            _toNotify = Math.Max(_toNotify, head);
            if (_isNotifying)
                return;

            _isNotifying = true;
        }

        _notifying = NotifyAllAsync();
    }

    private async Task NotifyAllAsync()
    {
        while (true)
        {
            var head = Volatile.Read(ref _toNotify);
            try
            {
                await _store.NotifyAsync(head, _stop.Token).ConfigureAwait(false);
            }
            catch (Exception e) when (e is StoreException or OperationCanceledException)
            {
                // Only a hint: who misses it looks once a second.
            }

            lock (_notifyGate)
            {
                if (_toNotify == head)
                {
                    _isNotifying = false;
                    return;
                }
            }
        }
    }

    private void StartTrim()
    {
        if (_trimming.IsCompleted && _failure is null)
            _trimming = TrimAsync();
    }

    private async Task TrimAsync()
    {
        try
        {
            await _store.TrimAsync(_options, _stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Closing.
        }
        catch (StoreException e)
        {
            LogTrimFailed(_logger, e);
        }
    }
}
