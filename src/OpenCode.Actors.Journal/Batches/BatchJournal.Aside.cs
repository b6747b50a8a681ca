namespace OpenCode.Actors.Journal.Batches;

/// <content>What happens beside the log: retention.</content>
public sealed partial class BatchJournal
{
    private Task _trimming = Task.CompletedTask;

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
            var ends = await _store.ReadEndsAsync(_stop.Token).ConfigureAwait(false);
            _log.Floor = Math.Max(Floor, ends.Floor);
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            // Closing.
        }
        catch (StoreLostException e)
        {
            Fail("removing old entries", Cause(e));
        }
        catch (StoreException e)
        {
            LogTrimFailed(_logger, e);
        }
    }
}
