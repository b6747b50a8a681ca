using OpenCode.Actors.Journal;
using OpenCode.Actors.Tests.TestKit;

namespace OpenCode.Actors.Tests.Sessions.Faults;

/// <summary>Wraps a journal, and fails or delays on demand.</summary>
internal sealed class FaultyJournal : IJournal
{
    private TaskCompletionSource? _held;

    public IJournal Inner { get; set; } = null!;

    /// <summary>Gets or sets what every append fails with.</summary>
    public Exception? AppendFault { get; set; }

    /// <summary>Gets or sets how many of the next recoveries fail.</summary>
    public int LoadFaults { get; set; }

    /// <summary>Gets or sets how many recoveries go well before the first of <see cref="LoadFaults"/>.</summary>
    public int LoadsBeforeFaults { get; set; }

    /// <summary>Gets or sets how many of the next surveys fail.</summary>
    public int ListFaults { get; set; }

    /// <summary>Gets or sets how many of the next reads of the log fail.</summary>
    public int ReadFaults { get; set; }

    /// <summary>Gets or sets how many of the next reads of the log find that it was trimmed.</summary>
    public int TrimmedReads { get; set; }

    /// <summary>Gets or sets a value indicating whether every read of the head fails.</summary>
    public bool IsAway { get; set; }

    /// <summary>Gets or sets a value indicating whether the question how far the log is gets no answer: the reader waits until it gives up.</summary>
    public bool IsSilent { get; set; }

    /// <summary>Gets or sets what the next question how far the log is is answered with: what it was a moment ago.</summary>
    public long? HeadBefore { get; set; }

    public int Appends { get; private set; }

    /// <summary>Gets the claims that the last append named.</summary>
    public IReadOnlyList<Fence> LastFences { get; private set; } = [];

    /// <summary>Gets the large bodies that the last append used.</summary>
    public IReadOnlyList<string> LastUsedBodies { get; private set; } = [];

    public int Loads { get; private set; }

    /// <summary>Gets the kinds of rows that were read over all owners.</summary>
    public List<string> Listed { get; } = [];

    /// <summary>Gets or sets a generation that began while the server runs.</summary>
    public Generation? Begun { get; set; }

    public Timeline Timeline => Begun is { } begun ? Inner.Timeline with { Generations = [.. Inner.Timeline.Generations, begun] } : Inner.Timeline;

    public long Head => Inner.Head;

    public long Floor => Inner.Floor;

    public Task<JournalFailedException> Died => Inner.Died;

    /// <summary>Makes appends wait before they are written.</summary>
    public void Hold() => _held = new TaskCompletionSource();

    /// <summary>Lets the appends that wait, and all later ones, go on.</summary>
    public void Release()
    {
        var held = _held;
        _held = null;
        Inlining.Run(held!.SetResult);
    }

    /// <summary>Takes back every fault.</summary>
    public void Heal() => (AppendFault, LoadFaults, ListFaults, ReadFaults, TrimmedReads, IsAway) = (null, 0, 0, 0, 0, false);

    public async ValueTask<long> AppendAsync(JournalBatch batch, CancellationToken cancellationToken)
    {
        Appends++;
        LastFences = batch.Fences;
        LastUsedBodies = batch.UsedBodies;
        if (_held is { } held)
            await held.Task;
        if (AppendFault is { } fault)
            throw fault;
        return await Inner.AppendAsync(batch, cancellationToken);
    }

    public IAsyncEnumerable<EntryPage> ReadAsync(long after, EntryFilter filter, CancellationToken cancellationToken)
    {
        if (TrimmedReads > 0)
        {
            TrimmedReads--;
            throw new JournalTrimmedException(after, Head);
        }

        if (ReadFaults == 0)
            return Inner.ReadAsync(after, filter, cancellationToken);

        ReadFaults--;
        throw new IOException("cannot read the log");
    }

    public ValueTask<long> CatchUpAsync(CancellationToken cancellationToken)
    {
        if (IsAway)
            throw new IOException("away");
        if (IsSilent)
            return SilentAsync(cancellationToken);
        if (HeadBefore is not { } head)
            return Inner.CatchUpAsync(cancellationToken);

        HeadBefore = null;
        return ValueTask.FromResult(head);
    }

    public ValueTask VerifyAsync(long generation, long offset, CancellationToken cancellationToken) => Inner.VerifyAsync(generation, offset, cancellationToken);

    public ValueTask WaitBeyondAsync(long offset, CancellationToken cancellationToken) => Inner.WaitBeyondAsync(offset, cancellationToken);

    public IAsyncEnumerable<StateRow> LoadAsync(string owner, CancellationToken cancellationToken)
    {
        Loads++;
        if (LoadFaults == 0 || LoadsBeforeFaults-- > 0)
            return Inner.LoadAsync(owner, cancellationToken);

        LoadFaults--;
        throw new IOException("cannot read the rows");
    }

    public IAsyncEnumerable<StateRow> ListAsync(string kind, CancellationToken cancellationToken)
    {
        Listed.Add(kind);
        if (ListFaults == 0)
            return Inner.ListAsync(kind, cancellationToken);

        ListFaults--;
        throw new IOException("cannot list the rows");
    }

    public ValueTask DisposeAsync() => Inner.DisposeAsync();

    // Goes on in the call that cancels it.
    private static async ValueTask<long> SilentAsync(CancellationToken cancellationToken)
    {
        var over = new TaskCompletionSource<long>(TaskCreationOptions.None);
        await using var registration = cancellationToken.UnsafeRegister(static over => Inlining.Run(() => ((TaskCompletionSource<long>)over!).SetCanceled(CancellationToken.None)), over);
        return await over.Task;
    }
}
