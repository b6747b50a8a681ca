using OpenCode.Actors.Journaling;

namespace OpenCode.Actors.Tests.Sessions.Sharding;

/// <summary>One journal of several nodes: refuses stale tokens like the database, and can be slow to show a node what the others wrote.</summary>
internal sealed class FencingJournal : IJournal
{
    private readonly Dictionary<int, long> _tokens = [];
    private readonly List<(long Offset, TaskCompletionSource Waiter)> _waiters = [];
    private TaskCompletionSource? _away;

    public IJournal Inner { get; set; } = null!;

    public List<JournalBatch> Batches { get; } = [];

    /// <summary>How often an owner was read.</summary>
    public int Loads { get; private set; }

    public Timeline Timeline => Inner.Timeline;

    public long Head => Inner.Head;

    public long Floor => Inner.Floor;

    public Task<JournalFailedException> Died => Inner.Died;

    /// <summary>The database gives a shard to somebody: only this token counts from now on.</summary>
    public Fence Give(int shard)
    {
        _tokens[shard] = _tokens.GetValueOrDefault(shard) + 1;
        return new Fence(shard, _tokens[shard]);
    }

    public void GoAway() => _away = new TaskCompletionSource();

    public void ComeBack()
    {
        var away = _away;
        _away = null;
        away!.SetResult();
    }

    public async ValueTask<long> AppendAsync(JournalBatch batch, CancellationToken cancellationToken)
    {
        if (_away is { } away)
            await away.Task;
        if (batch.Fences.FirstOrDefault(fence => _tokens.GetValueOrDefault(fence.Shard) != fence.Token) is { } stale)
            throw new JournalFencedException(stale);

        Batches.Add(batch);
        var first = await Inner.AppendAsync(batch, cancellationToken);
        var awaited = _waiters.FindAll(waiter => waiter.Offset < Head);
        _waiters.RemoveAll(waiter => waiter.Offset < Head);
        foreach (var (_, waiter) in awaited)
            waiter.SetResult();
        return first;
    }

    public async ValueTask<long> CatchUpAsync(CancellationToken cancellationToken)
    {
        if (_away is { } away)
            await away.Task;
        return await Inner.CatchUpAsync(cancellationToken);
    }

    public ValueTask VerifyAsync(int generation, long offset, CancellationToken cancellationToken) => Inner.VerifyAsync(generation, offset, cancellationToken);

    public IAsyncEnumerable<EntryPage> ReadAsync(long after, EntryFilter filter, CancellationToken cancellationToken) => Inner.ReadAsync(after, filter, cancellationToken);

    // On the test's own thread, where the real journal uses the pool's.
    public ValueTask WaitBeyondAsync(long offset, CancellationToken cancellationToken)
    {
        if (Head > offset)
            return ValueTask.CompletedTask;

        var waiter = new TaskCompletionSource();
        _waiters.Add((offset, waiter));
        return new ValueTask(waiter.Task.WaitAsync(cancellationToken));
    }

    public IAsyncEnumerable<StateRow> LoadAsync(string owner, CancellationToken cancellationToken)
    {
        Loads++;
        return Inner.LoadAsync(owner, cancellationToken);
    }

    public IAsyncEnumerable<StateRow> ListAsync(string kind, CancellationToken cancellationToken) => Inner.ListAsync(kind, cancellationToken);

    public ValueTask CompactAsync(string owner, CancellationToken cancellationToken) => Inner.CompactAsync(owner, cancellationToken);

    public ValueTask DisposeAsync() => Inner.DisposeAsync();
}
