namespace OpenCode.Actors.Sessions.Files.Doors;

/// <summary>Works with files, a few pieces of work at a time: a mount that is away holds no more threads than that.</summary>
internal sealed class FileThreads : IFileWork, IDisposable
{
    private readonly IFileTree _files;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _turns;
    private readonly TaskCreationOptions _threads;
    private readonly Func<double, string> _late;

    private FileThreads(IFileTree files, TimeProvider time, int most, TaskCreationOptions threads, Func<double, string> late) =>
        (_files, _time, _turns, _threads, _late) = (files, time, new SemaphoreSlim(most), threads, late);

    /// <summary>Creates one that works on the thread pool.</summary>
    public static FileThreads Pooled(IFileTree files, TimeProvider time) =>
        new(files, time, 16, TaskCreationOptions.DenyChildAttach, static seconds => $"The files did not answer within {seconds:0.#} s.");

    /// <summary>Creates one for searches, on threads of their own: a search burns a core, and actors share the threads of the pool.</summary>
    public static FileThreads Searching(IFileTree files, TimeProvider time) =>
        new(files, time, 2, TaskCreationOptions.LongRunning, static seconds => $"The search took more than {seconds:0.#} s. Give a narrower path or pattern.");

    public async Task<T> DoAsync<T>(Func<IFileTree, CancellationToken, T> work, TimeSpan limit, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(limit, _time);
        using var given = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            var token = given.Token;
            await _turns.WaitAsync(token);
            return await Task.Factory.StartNew(() => DoInTurn(work, token), CancellationToken.None, _threads, TaskScheduler.Default).WaitAsync(token);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException(_late(limit.TotalSeconds), e);
        }
    }

    public void Dispose() => _turns.Dispose();

    private T DoInTurn<T>(Func<IFileTree, CancellationToken, T> work, CancellationToken cancellationToken)
    {
        try
        {
            return work(_files, cancellationToken);
        }
        finally
        {
            _turns.Release();
        }
    }
}
