using System.Text.Json;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Sessions.Permissions;
using OpenCode.Actors.Sessions.Tools.Paths;

namespace OpenCode.Actors.Sessions.Tools.Changes;

/// <summary>Changes files, one change of a file at a time.</summary>
internal sealed class FileChanges(IFileStore store, ReadStamps stamps)
{
    // The session waits while the file of a request is read and compared.
    private const int MostShownBytes = 256 << 10;
    private const int MostShownLines = 500;

    // Calls of one step run side by side, and two of them may change the same file.
    private readonly Lock[] _locks = [.. Enumerable.Range(0, 64).Select(static _ => new Lock())];

    /// <summary>Returns the permissions that a change needs. A request to the user shows what the file would lose and get.</summary>
    /// <param name="path">The file.</param>
    /// <param name="location">Where the call runs.</param>
    /// <param name="replacement">What the call replaces and by what: all that can be shown where the file cannot be read, or the call will fail.</param>
    /// <param name="edit">As for <see cref="Change"/>.</param>
    public IReadOnlyList<ToolPermission> Needs(ToolPath path, ToolLocation location, (string Old, string New) replacement, Func<FileText?, string> edit) => PathPermissions.Of(
        "edit", path, location, () => JsonSerializer.SerializeToElement(new ChangeMetadata(path.Real, Expected(path.Real, replacement, edit).Patch), PathPermissionJson.Default.ChangeMetadata));

    /// <summary>Changes a file.</summary>
    /// <param name="session">The session whose call it is.</param>
    /// <param name="path">The real path.</param>
    /// <param name="edit">Gives the new text from the old one, which is null where there is no file.</param>
    /// <param name="cancellationToken">Gives up before the file is changed.</param>
    /// <returns>The change, and whether the file was there.</returns>
    /// <exception cref="ToolRefusedException">The file was changed since the session has seen it, or <paramref name="edit"/> refuses.</exception>
    public (FileChange Change, bool Existed) Change(SessionId session, string path, Func<FileText?, string> edit, CancellationToken cancellationToken)
    {
        lock (LockOf(path))
        {
            var stamp = store.Find(path);
            stamps.Check(session, path, stamp);
            var before = stamp is null ? null : FileText.Of(path, store.Read(path, FileText.MostBytes));
            var after = edit(before);
            if (store.Find(path) != stamp)
                throw new ToolRefusedException($"The file {path} was changed while this call worked on it. Nothing was changed by the call. Read the file again, then repeat the call against what it holds now.");

            var file = before ?? FileText.Empty;
            stamps.Note(session, path, store.Write(path, file.Bytes(after), cancellationToken));
            return (FileChange.Of(path, file.Text, after), stamp is not null);
        }
    }

    /// <summary>Works on a file while no call changes it.</summary>
    /// <param name="path">The real path.</param>
    /// <param name="work">The work.</param>
    public T WithFileLock<T>(string path, Func<T> work)
    {
        lock (LockOf(path))
            return work();
    }

    private FileChange Expected(string path, (string Old, string New) replacement, Func<FileText?, string> edit)
    {
        try
        {
            var before = store.Find(path) is null ? null : FileText.Of(path, store.Read(path, MostShownBytes));
            return FileChange.Of(path, before?.Text ?? "", edit(before), MostShownLines);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ToolRefusedException)
        {
            return FileChange.Of(path, replacement.Old, replacement.New, MostShownLines);
        }
    }

    private Lock LockOf(string path) => _locks[(uint)path.GetHashCode(StringComparison.Ordinal) % (uint)_locks.Length];
}
