using OpenCode.Actors.Sessions.Models;

namespace OpenCode.Actors.Models.Providers;

/// <summary>Limits each wait of one call for its provider. Every failure in a wait is a <see cref="ModelException"/>.</summary>
internal sealed class SilenceTimeout : IDisposable
{
    private readonly Uri _endpoint;
    private readonly TimeSpan _longest;
    private readonly CancellationToken _caller;
    private readonly CancellationTokenSource _either;
    private readonly ITimer _timer;
    private volatile bool _isSilent;

    public SilenceTimeout(Uri endpoint, TimeSpan longest, TimeProvider time, CancellationToken cancellationToken)
    {
        (_endpoint, _longest, _caller) = (endpoint, longest, cancellationToken);
        _either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _timer = time.CreateTimer(_ => GiveUp(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Gets the token that the caller or the timeout cancels.</summary>
    public CancellationToken Token => _either.Token;

    /// <summary>Waits for the provider's next data.</summary>
    public async ValueTask<T> WaitAsync<T>(Func<ValueTask<T>> next)
    {
        _timer.Change(_longest, Timeout.InfiniteTimeSpan);
        try
        {
            return await next().ConfigureAwait(false);
        }
        catch (Exception e) when (!_caller.IsCancellationRequested && ProviderErrors.InnerModelException(e) is not null)
        {
            if (e is ModelException)
                throw;
            throw ProviderErrors.InnerModelException(e)!;
        }
        catch (Exception e) when (!_caller.IsCancellationRequested && _isSilent)
        {
            throw ProviderErrors.Silent(_endpoint, _longest, e);
        }
        catch (Exception e) when (ProviderErrors.IsNetworkFailure(e, _caller))
        {
            throw ProviderErrors.Cut(_endpoint, e);
        }
        finally
        {
            _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan); // The reader's time is not the server's.
        }
    }

    public void Dispose()
    {
        _timer.Dispose();
        _either.Dispose();
    }

    private void GiveUp()
    {
        _isSilent = true;
        try
        {
            _either.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The call has just ended.
        }
    }
}
