namespace OpenCode.Actors.Sessions.Files.Doors;

/// <summary>Runs file work on the thread pool, few pieces at a time: a mount that hangs blocks no more threads than that.</summary>
internal sealed class PooledFileWork(IFileTree files, TimeProvider time) : IFileWork, IDisposable
{
    private readonly SemaphoreSlim _turns = new(16);

    public async Task<T> DoAsync<T>(Func<IFileTree, CancellationToken, T> work, TimeSpan limit, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(limit, time);
        using var given = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            await _turns.WaitAsync(given.Token);
            var token = given.Token;
            return await Task.Run(() => DoInTurn(work, token), CancellationToken.None).WaitAsync(token);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"The files did not answer within {limit.TotalSeconds:0.#} s.", e);
        }
    }

    public void Dispose() => _turns.Dispose();

    private T DoInTurn<T>(Func<IFileTree, CancellationToken, T> work, CancellationToken cancellationToken)
    {
        try
        {
            return work(files, cancellationToken);
        }
        finally
        {
            _turns.Release();
        }
    }
}
