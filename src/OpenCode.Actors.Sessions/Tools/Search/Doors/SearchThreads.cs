using OpenCode.Actors.Sessions.Files;

namespace OpenCode.Actors.Sessions.Tools.Search.Doors;

/// <summary>Searches on threads of their own, two at a time: a search burns a core, and actors share the threads of the pool.</summary>
internal sealed class SearchThreads(IFileTree files, TimeProvider time) : IFileWork, IDisposable
{
    private readonly SemaphoreSlim _turns = new(2);

    public async Task<T> DoAsync<T>(Func<IFileTree, CancellationToken, T> work, TimeSpan limit, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(limit, time);
        using var given = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            var token = given.Token;
            await _turns.WaitAsync(token);
            return await Task.Factory.StartNew(() => DoInTurn(work, token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).WaitAsync(token);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"The search took more than {limit.TotalSeconds:0.#} s. Give a narrower path or pattern.", e);
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
