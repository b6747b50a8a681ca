using OpenCode.Actors.Journal;

namespace OpenCode.Actors.Tests.Simulation;

/// <summary>A journal of which the next reads fail, as many as is said.</summary>
internal sealed class TroubledJournal(IJournal inner) : IJournal
{
    /// <summary>Gets or sets how many of the next reads of the log fail.</summary>
    public int FailingReads { get; set; }

    /// <summary>Gets or sets how many of the next reads of a session's rows fail.</summary>
    public int FailingLoads { get; set; }

    public Timeline Timeline => inner.Timeline;

    public long Head => inner.Head;

    public long Floor => inner.Floor;

    public Task<JournalFailedException> Died => inner.Died;

    public ValueTask<long> AppendAsync(JournalBatch batch, CancellationToken cancellationToken) => inner.AppendAsync(batch, cancellationToken);

    public ValueTask<long> CatchUpAsync(CancellationToken cancellationToken) => inner.CatchUpAsync(cancellationToken);

    public ValueTask VerifyAsync(long generation, long offset, CancellationToken cancellationToken) => inner.VerifyAsync(generation, offset, cancellationToken);

    public ValueTask WaitBeyondAsync(long offset, CancellationToken cancellationToken) => inner.WaitBeyondAsync(offset, cancellationToken);

    public IAsyncEnumerable<EntryPage> ReadAsync(long after, EntryFilter filter, CancellationToken cancellationToken)
    {
        if (FailingReads == 0)
            return inner.ReadAsync(after, filter, cancellationToken);

        FailingReads--;
        throw new IOException("The log cannot be read.");
    }

    public IAsyncEnumerable<StateRow> LoadAsync(string owner, CancellationToken cancellationToken)
    {
        if (FailingLoads == 0)
            return inner.LoadAsync(owner, cancellationToken);

        FailingLoads--;
        throw new IOException("The rows cannot be read.");
    }

    public IAsyncEnumerable<StateRow> ListAsync(string kind, CancellationToken cancellationToken) => inner.ListAsync(kind, cancellationToken);

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
