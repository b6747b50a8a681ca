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
