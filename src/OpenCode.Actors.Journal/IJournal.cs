namespace OpenCode.Actors.Journal;

/// <summary>The log of the hub with the state that follows from it: one total order of entries, and rows of state in the same batches.</summary>
/// <remarks>
/// All members may be called from any thread. What an append has answered, every later read sees. It keeps rule "Good cursor" and rule "Durable before visible".
/// </remarks>
public interface IJournal : IAsyncDisposable
{
    /// <summary>Gets which life of the log this is, with the head at the start of each generation.</summary>
    /// <remarks>
    /// A journal that other processes append to as well may go on in a later generation, where all that it has is part of that. No entry beyond the head at which a generation
    /// began is seen before the generation is: read the timeline after the entry.
    /// </remarks>
    Timeline Timeline { get; }

    /// <summary>Gets the offset of the last committed entry; 0 before the first.</summary>
    long Head { get; }

    /// <summary>Gets the last offset that is no longer there: entries above it, up to <see cref="Head"/>, can be read.</summary>
    long Floor { get; }

    /// <summary>
    /// Gets a task that ends, with the reason, when the journal is dead: it can promise nothing any more, and the process has to end. It never fails, and never
    /// ends otherwise.
    /// </summary>
    Task<JournalFailedException> Died { get; }

    /// <summary>Appends a batch with its state changes, all or nothing.</summary>
    /// <remarks>
    /// Batches get their offsets in the order of the calls. A batch with a durable entry is answered when it would survive a power cut; one without when it would
    /// survive the death of the process (rule "Durable before visible"). Batches that wait share one write and one sync.
    /// </remarks>
    /// <param name="batch">Entries and changes, together at most 128 MiB. The journal keeps <see cref="EntryDraft.Properties"/> and gives it to readers as it is: do not
    /// change those bytes after the call.</param>
    /// <param name="cancellationToken">Gives up waiting. The batch may still be written; read the head to know.</param>
    /// <returns>The offset of the first entry, the others follow without gaps; the head of the log when the batch has no entry.</returns>
    /// <exception cref="JournalFullException">The disk is full. Nothing of the batch was written; try again later.</exception>
    /// <exception cref="JournalFencedException">A shard of <see cref="JournalBatch.Fences"/> has another owner. Nothing of the batch was written.</exception>
    /// <exception cref="JournalFailedException">The journal is dead, and the fate of the batch unknown. Stop the process.</exception>
    ValueTask<long> AppendAsync(JournalBatch batch, CancellationToken cancellationToken);

    /// <summary>
    /// Waits until <see cref="Head"/> has all that any process had committed before the call. With a journal that other processes append to as well, this is what makes a read
    /// after it see them; one that this process has for itself has nothing to wait for.
    /// </summary>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>The head.</returns>
    /// <exception cref="JournalFailedException">The journal is dead.</exception>
    ValueTask<long> CatchUpAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Checks a cursor that names something this process does not know (rule "Good cursor"). After it, <see cref="Timeline"/> and <see cref="Head"/> have all that any process had
    /// before the call, so the cursor is good by them, or no good. One of the generation that runs and beyond the head of all proves that the log was taken back to an older
    /// state: a new generation begins, so that others of before are known when the log has grown over them. A client's cursor is enough for that, since a generation harms no other client.
    /// </summary>
    /// <param name="generation">The generation of the cursor.</param>
    /// <param name="offset">Its offset.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>A task that ends when it is known.</returns>
    /// <exception cref="JournalFailedException">The journal is dead.</exception>
    ValueTask VerifyAsync(long generation, long offset, CancellationToken cancellationToken);

    /// <summary>Reads the committed entries after an offset, in pages of at most about 256 KiB, up to the head at the time of the call.</summary>
    /// <param name="after">The offset to start behind; 0 for the beginning.</param>
    /// <param name="filter">What to select. A page may be without entries and still move <see cref="EntryPage.Through"/>.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>Pages in order. Recent entries come from memory: all readers share the bytes of their properties.</returns>
    /// <exception cref="JournalTrimmedException">What is asked for is no longer there: <paramref name="after"/> is below <see cref="Floor"/>, or came to be while reading, and the entries are not in memory either.</exception>
    IAsyncEnumerable<EntryPage> ReadAsync(long after, EntryFilter filter, CancellationToken cancellationToken);

    /// <summary>Waits until <see cref="Head"/> is greater than <paramref name="offset"/>.</summary>
    /// <param name="offset">The last offset the caller has.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>A task that ends when there is something to read.</returns>
    /// <exception cref="JournalFailedException">The journal is dead: nothing will come any more.</exception>
    ValueTask WaitBeyondAsync(long offset, CancellationToken cancellationToken);

    /// <summary>Reads all rows of one owner, in the order in which they were first written.</summary>
    /// <param name="owner">The owner of <see cref="StateChange.Owner"/>. One without rows has none to give.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>The rows as they were at one moment at or after the call.</returns>
    IAsyncEnumerable<StateRow> LoadAsync(string owner, CancellationToken cancellationToken);

    /// <summary>Reads the rows of one kind over all owners, in no particular order of owners.</summary>
    /// <param name="kind">The kind of <see cref="StateChange.Kind"/>.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>The rows; those of one owner are from one moment.</returns>
    IAsyncEnumerable<StateRow> ListAsync(string kind, CancellationToken cancellationToken);
}
