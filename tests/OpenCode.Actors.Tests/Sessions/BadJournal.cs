using OpenCode.Actors.Journaling;

namespace OpenCode.Actors.Tests.Sessions;

/// <summary>Stands before a journal and fails when told to.</summary>
internal sealed class BadJournal : IJournal
{
    private TaskCompletionSource? _held;

    public IJournal Inner { get; set; } = null!;

    public Exception? Fault { get; set; }

    public int LoadFaults { get; set; }

    public int Appends { get; private set; }

    public List<string> PutAway { get; } = [];

    public Timeline Timeline => Inner.Timeline;

    public long Head => Inner.Head;

    public long Floor => Inner.Floor;

    public Task<JournalFailedException> Died => Inner.Died;

    public void Hold() => _held = new TaskCompletionSource();

    public void Release()
    {
        var held = _held;
        _held = null;

        // Without a context what waits goes on here and now, as on a disk in memory.
        var context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        held!.SetResult();
        SynchronizationContext.SetSynchronizationContext(context);
    }

    public async ValueTask<long> AppendAsync(JournalBatch batch, CancellationToken cancellationToken)
    {
        Appends++;
        if (_held is { } held)
            await held.Task;
        if (Fault is { } fault)
            throw fault;
        return await Inner.AppendAsync(batch, cancellationToken);
    }

    public IAsyncEnumerable<EntryPage> ReadAsync(long after, EntryFilter filter, CancellationToken cancellationToken) => Inner.ReadAsync(after, filter, cancellationToken);

    public ValueTask<long> CatchUpAsync(CancellationToken cancellationToken) => Inner.CatchUpAsync(cancellationToken);

    public ValueTask VerifyAsync(int generation, long offset, CancellationToken cancellationToken) => Inner.VerifyAsync(generation, offset, cancellationToken);

    public ValueTask WaitBeyondAsync(long offset, CancellationToken cancellationToken) => Inner.WaitBeyondAsync(offset, cancellationToken);

    public IAsyncEnumerable<StateRow> LoadAsync(string owner, CancellationToken cancellationToken)
    {
        if (LoadFaults == 0)
            return Inner.LoadAsync(owner, cancellationToken);

        LoadFaults--;
        throw new IOException("cannot read");
    }

    public IAsyncEnumerable<StateRow> ListAsync(string kind, CancellationToken cancellationToken) => Inner.ListAsync(kind, cancellationToken);

    public ValueTask CompactAsync(string owner, CancellationToken cancellationToken)
    {
        PutAway.Add(owner);
        return Inner.CompactAsync(owner, cancellationToken);
    }

    public ValueTask DisposeAsync() => Inner.DisposeAsync();
}
