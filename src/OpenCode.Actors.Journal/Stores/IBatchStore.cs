
namespace OpenCode.Actors.Journal.Stores;

/// <summary>What one process needs of a store that it appends to, alone or with others. It decides nothing: the engine above it does.</summary>
/// <remarks>
/// All members may be called from any thread, but one append at a time. Each answers for one moment of the store, or throws a <see cref="StoreException"/>. The store gives
/// every process an identity of its own, under which it notes the number of the last batch and where that begins (rule "Numbered batches").
/// </remarks>
internal interface IBatchStore : IAsyncDisposable
{
    /// <summary>Gets where it is, for people: without secrets.</summary>
    string Place { get; }

    /// <summary>Gets a value indicating whether all runs on one thread, that of virtual time: a caller of the journal continues on the thread that answers it.</summary>
    bool IsSingleThreaded { get; }

    /// <summary>Gets a value indicating whether other processes append to the store. If none does, the engine neither listens for hints nor waits to catch up.</summary>
    bool IsShared { get; }

    /// <summary>Begins: the process is known as a writer that has appended nothing yet.</summary>
    ValueTask<StoreLife> OpenAsync(CancellationToken cancellationToken);

    /// <summary>Reads the facts that decide whether this process may go on in the current generation.</summary>
    /// <param name="last">The last batch that it has; null for none.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask<StoreLife> ReadLifeAsync(StoredBatch? last, CancellationToken cancellationToken);

    /// <summary>
    /// Appends one batch, all or nothing: only if its number is one more than the last of this process, if all its fences hold, and if the store is in the generation that it
    /// names. Offsets are given in the order in which batches become visible, without gaps.
    /// </summary>
    /// <remarks>
    /// Once it is committed, what others committed below it is read on the same way, and all processes, this one too, get a hint that there may be something up to its end. That
    /// may be lost, merged with others, or late.
    /// </remarks>
    /// <param name="batch">The batch.</param>
    /// <param name="last">The batch to read from; null for the first that there is.</param>
    /// <param name="cancellationToken">Gives up; the batch may still be written then.</param>
    /// <returns>Where it begins, and what is below it; null if nothing was written.</returns>
    ValueTask<StoreAppended?> AppendAsync(StoreBatch batch, StoredBatch? last, CancellationToken cancellationToken);

    /// <summary>Reads why a batch may not have been written.</summary>
    /// <param name="fences">The fences of that batch.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask<StoreLook> LookAsync(IReadOnlyList<Fence> fences, CancellationToken cancellationToken);

    /// <summary>Reads head, floor and generation.</summary>
    ValueTask<StoreEnds> ReadEndsAsync(CancellationToken cancellationToken);

    /// <summary>Reads the batches from the one that holds an offset on (rule "Reads beside retention"). If that one ends there it comes without its body: it only tells which one it is.</summary>
    /// <remarks>Bodies are the reader's: they are kept with their entries.</remarks>
    /// <param name="after">The offset to start behind.</param>
    /// <param name="pageBytes">How many bytes of bodies are enough; at least one batch behind the offset is given if there is one.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask<StorePage> ReadAsync(long after, int pageBytes, CancellationToken cancellationToken);

    /// <summary>Does the same for a reader that is behind: it does not hold up the one that follows the tail, and may be called concurrently.</summary>
    ValueTask<StorePage> ReadBehindAsync(long after, int pageBytes, CancellationToken cancellationToken);

    /// <summary>Reads the rows of an owner, in the order in which they were first written.</summary>
    ValueTask<IReadOnlyList<StateRow>> LoadAsync(string owner, CancellationToken cancellationToken);

    /// <summary>Reads the rows of a kind, those of one owner in the order in which they were first written.</summary>
    ValueTask<IReadOnlyList<StateRow>> ListAsync(string kind, CancellationToken cancellationToken);

    /// <summary>Begins to listen for the hints of appends. What is committed before this answers may come without one.</summary>
    ValueTask<IStoreHints> ListenAsync(CancellationToken cancellationToken);

    /// <summary>Removes what is older than retention wants; of all processes one does it at a time.</summary>
    ValueTask TrimAsync(JournalOptions retention, CancellationToken cancellationToken);

    /// <summary>
    /// Begins a new generation, unless another process already did (rule "Good cursor"). Its head is noted as 0: the store was taken back at an unknown moment, so no cursor of before is
    /// good any more.
    /// </summary>
    /// <param name="expected">The generation that is to end.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask BeginGenerationAsync(long expected, CancellationToken cancellationToken);

    /// <summary>
    /// Begins a new generation at the present head, if that is below an offset that a client has of the generation that runs (rule "Good cursor"). At most one begins so within
    /// a minute of the last: a client that makes up cursors must not fill the store with generations.
    /// </summary>
    /// <param name="expected">The generation that is to end.</param>
    /// <param name="beyond">The offset.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Whether it began.</returns>
    ValueTask<bool> BeginGenerationAsync(long expected, long beyond, CancellationToken cancellationToken);
}

/// <summary>Hints of other processes, for as long as one connection lasts.</summary>
internal interface IStoreHints : IAsyncDisposable
{
    /// <summary>Waits for a hint.</summary>
    /// <returns>The offset up to which there may be something.</returns>
    /// <exception cref="StoreAwayException">The connection is gone: some may have been missed.</exception>
    ValueTask<long> NextAsync(CancellationToken cancellationToken);

    /// <summary>Has no more hints come. Not while one is waited for.</summary>
    ValueTask PauseAsync(CancellationToken cancellationToken);

    /// <summary>Has hints come again. What was committed before this answers may come without one.</summary>
    ValueTask ResumeAsync(CancellationToken cancellationToken);
}
