namespace OpenCode.Actors.Journal.Disks;

/// <summary>One data folder, as the journal sees it: the only way it touches files, syncs and threads.</summary>
/// <remarks>
/// Paths are relative, with <c>/</c>. What may block (all but <see cref="IDiskFile.ReadAsync"/>) is only called from work given to <see cref="Run"/> or
/// <see cref="RunAside"/>; a disk whose calls block therefore completes them before it returns, so that the work stays on its thread.
/// </remarks>
public interface IDisk
{
    /// <summary>Gets the name of the folder, for messages.</summary>
    string Name { get; }

    /// <summary>Gets a value indicating whether work runs on the thread of the caller, so that answers may be given on it too.</summary>
    bool RunsInline { get; }

    /// <summary>Takes the folder for this journal alone, until the answer is disposed.</summary>
    /// <returns>The hold on the folder.</returns>
    /// <exception cref="JournalLockedException">Another process has it.</exception>
    IDisposable Lock();

    /// <summary>Runs work that commits; one after the other.</summary>
    /// <param name="work">The work.</param>
    void Run(Action work);

    /// <summary>Runs work that can wait (snapshots, retention), beside that of <see cref="Run"/>; one after the other.</summary>
    /// <param name="work">The work.</param>
    void RunAside(Action work);

    /// <summary>Lists the files of a folder.</summary>
    /// <param name="folder">The folder; one that is not there has no files.</param>
    /// <returns>Names without the folder, in ordinal order.</returns>
    IReadOnlyList<string> List(string folder);

    /// <summary>Opens a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="mode">Whether it may or must be new. Its folder is made, and synced, when it is not there.</param>
    /// <returns>The file.</returns>
    /// <exception cref="FileNotFoundException">It is not there and may not be made.</exception>
    /// <exception cref="DiskFullException">There is no room for it.</exception>
    IDiskFile Open(string path, DiskFileMode mode);

    /// <summary>Deletes a file. It survives a crash until its folder is synced.</summary>
    /// <param name="path">The file; one that is not there is fine.</param>
    void Delete(string path);

    /// <summary>Gives a file another name, in place of what had it, in one step. A crash may undo it until the folder is synced.</summary>
    /// <param name="path">The file.</param>
    /// <param name="newPath">Its new name, in the same folder.</param>
    void Rename(string path, string newPath);

    /// <summary>Makes creations, deletions and renames in a folder survive a power cut.</summary>
    /// <param name="folder">The folder; <c>""</c> for the data folder itself.</param>
    /// <returns>A task that ends when it is done.</returns>
    ValueTask SyncFolderAsync(string folder);

    /// <summary>Asks how much room there is.</summary>
    /// <returns>Bytes that can still be written.</returns>
    long FreeBytes();
}

/// <summary>How a file is opened.</summary>
public enum DiskFileMode
{
    /// <summary>It has to be there, and is only read.</summary>
    Read,

    /// <summary>It has to be there.</summary>
    Write,

    /// <summary>It is made, empty, in place of one of that name.</summary>
    Create,
}
