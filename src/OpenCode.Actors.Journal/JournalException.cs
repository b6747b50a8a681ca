namespace OpenCode.Actors.Journal;

/// <summary>Something is wrong with the journal; the derived type says what.</summary>
/// <param name="message">What happened, where, and what to do.</param>
/// <param name="innerException">The cause, if there is one.</param>
public abstract class JournalException(string message, Exception? innerException = null) : Exception(message, innerException);

/// <summary>The disk has no room for a batch. Nothing of it was written, reading goes on, a later append may succeed.</summary>
/// <param name="freeBytes">Bytes that are free; null where the disk is a database's, which does not say.</param>
/// <param name="neededBytes">Bytes that the batch needs at most.</param>
public sealed class JournalFullException(long? freeBytes, long neededBytes)
    : JournalException(freeBytes is { } free
        ? $"The disk of the journal is full: {neededBytes} bytes are needed, {free} are free. Make room; the journal tries again with the next append."
        : $"The disk of the database is full: {neededBytes} bytes are needed. Make room; the journal tries again with the next append.")
{
    /// <summary>Gets the bytes that are free; null where that is not known.</summary>
    public long? FreeBytes { get; } = freeBytes;

    /// <summary>Gets the bytes that the batch needs at most.</summary>
    public long NeededBytes { get; } = neededBytes;
}

/// <summary>A batch named a shard that has another owner by now: nothing of it was written, and what its writer holds of that shard is stale.</summary>
/// <param name="fence">The claim that no longer holds.</param>
public sealed class JournalFencedException(Fence fence)
    : JournalException($"Shard {fence.Shard} is no longer owned under token {fence.Token}: another node has it. Stop what runs of it here; its new owner goes on.")
{
    /// <summary>Gets the claim that no longer holds.</summary>
    public Fence Fence { get; } = fence;
}

/// <summary>The journal is dead: what is committed is unknown to this process from here on. It has to end, and the next start reads what is there.</summary>
/// <param name="what">What was being done, and where; with or without a full stop, as the texts of other libraries have it.</param>
/// <param name="remedy">What to do.</param>
/// <param name="innerException">The cause, if there is one.</param>
public sealed class JournalFailedException(string what, string remedy, Exception? innerException) : JournalException($"The journal failed: {what.TrimEnd('.')}. {remedy}", innerException)
{
    /// <summary>Gets a value indicating whether another process has taken the store that this one had for itself (rule "One holder").</summary>
    public bool IsTaken { get; init; }
}

/// <summary>A file of the journal is damaged. The start is refused.</summary>
/// <param name="file">The file.</param>
/// <param name="what">What is wrong there.</param>
/// <param name="remedy">What to do.</param>
public sealed class JournalCorruptException(string file, string what, string remedy) : JournalException($"'{file}' is damaged: {what.TrimEnd('.')}. {remedy}")
{
    /// <summary>Gets the file.</summary>
    public string File { get; } = file;
}

/// <summary>The data folder cannot be used.</summary>
/// <param name="folder">The data folder.</param>
/// <param name="what">What is wrong with it.</param>
/// <param name="remedy">What to do.</param>
public sealed class JournalFolderException(string folder, string what, string remedy) : JournalException($"The data folder '{folder}' cannot be used: {what.TrimEnd('.')}. {remedy}")
{
    /// <summary>Gets the data folder.</summary>
    public string Folder { get; } = folder;
}

/// <summary>Another process has the data folder open.</summary>
/// <param name="folder">The data folder.</param>
/// <param name="holder">What that process says of itself; null if it says nothing.</param>
public sealed class JournalLockedException(string folder, string? holder = null)
    : JournalException($"The data folder '{folder}' is in use by {holder ?? "another process"}. Stop that one, or give this one a folder of its own (--data).")
{
    /// <summary>Gets the data folder.</summary>
    public string Folder { get; } = folder;
}

/// <summary>The data folder was written by a newer version of the program.</summary>
/// <param name="file">The file, relative to the data folder.</param>
/// <param name="found">The format version of the file.</param>
/// <param name="known">The newest format version this program reads.</param>
public sealed class JournalVersionException(string file, int found, int known)
    : JournalException($"'{file}' has format version {found}; this program reads up to {known}. Start the newer version of the program that wrote it.")
{
    /// <summary>Gets the format version of the file.</summary>
    public int Found { get; } = found;

    /// <summary>Gets the newest format version this program reads.</summary>
    public int Known { get; } = known;
}

/// <summary>Entries that were asked for are no longer in the log: the reader has a gap.</summary>
/// <param name="after">The offset behind which was read.</param>
/// <param name="floor">The last offset that is gone.</param>
public sealed class JournalTrimmedException(long after, long floor)
    : JournalException($"Entries after {after} were asked for, but those up to {floor} are gone by retention. Tell the reader of the gap, and read on after {floor}.")
{
    /// <summary>Gets the offset behind which was read.</summary>
    public long After { get; } = after;

    /// <summary>Gets the last offset that is gone.</summary>
    public long Floor { get; } = floor;
}
