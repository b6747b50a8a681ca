namespace OpenCode.Actors.Journal.Commits;

/// <summary>Batches that are committed together.</summary>
internal interface ICommitGroup
{
    /// <summary>Gets a value indicating whether it takes no further batch: the next one begins a new group.</summary>
    bool IsFull { get; }

    /// <summary>Takes a batch.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="mostBytes">How long it may be when encoded.</param>
    /// <param name="waiter">The wait for its commit.</param>
    void Add(JournalBatch batch, long mostBytes, AppendWaiter waiter);

    /// <summary>Makes it empty, to be used again.</summary>
    void Clear();
}
