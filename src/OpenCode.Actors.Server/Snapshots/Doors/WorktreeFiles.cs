using OpenCode.Actors.Sessions.Files.Doors;
using OpenCode.Actors.Sessions.Tools.Changes;
using OpenCode.Actors.Sessions.Tools.Paths;

namespace OpenCode.Actors.Server.Snapshots.Doors;

/// <summary>The files of a worktree, as snapshots read and restore them.</summary>
/// <param name="root">The worktree.</param>
/// <param name="store">Writes files, each at once.</param>
/// <param name="changes">The changes of files by the tools of sessions.</param>
internal sealed class WorktreeFiles(string root, IFileStore store, FileChanges changes)
{
    private const long LargestFile = 2 * 1024 * 1024;
    private const string Outside = "it lies outside of the worktree";
    private const UnixFileMode Runnable = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    private static readonly TreeEntry _unknown = new("", "");
    private static readonly EnumerationOptions _everything = new() { AttributesToSkip = FileAttributes.None };

    /// <summary>Sorts the changed files into those that a snapshot takes in and those that are gone. A file that became too large stays in it as it was: a large file is never set.</summary>
    public (List<string> Taken, List<string> Gone) Sort(IEnumerable<string> changed)
    {
        var (taken, gone, links) = (new List<string>(), new List<string>(), new Dictionary<string, bool>(StringComparer.Ordinal));
        foreach (var name in changed.Distinct(StringComparer.Ordinal).Where(static name => !name.EndsWith('/')))
        {
            var file = new FileInfo(Path.Combine(root, name));
            if (IsMissing(file) || IsBehindLink(name, links))
                gone.Add(name);
            else if (IsTaken(file))
                taken.Add(name);
        }

        return (taken, gone);
    }

    /// <summary>True if a snapshot does not take in what git reports: another repository, or a file that is too large.</summary>
    public bool IsUnkept(string name) => name.EndsWith('/') || FileFacts.Of(Path.Combine(root, name)) is { IsRegular: true, Bytes: > LargestFile };

    /// <summary>Restores a file.</summary>
    /// <param name="name">Its path in the worktree.</param>
    /// <param name="files">What files are to be.</param>
    /// <param name="content">A file with the content that it is to have, if any.</param>
    /// <param name="digits">How long the hashes of the repository are.</param>
    /// <returns>Why it stays as it is; null when it is as it is to be.</returns>
    public string? Set(string name, FilesAfterUndo files, string content, int digits) => changes.WithFileLock(Path.Combine(root, name), () => SetNeedsLock(name, files, content, digits));

    private string? SetNeedsLock(string name, FilesAfterUndo files, string content, int digits)
    {
        var wanted = files.All[name];
        try
        {
            var (found, obstacle) = Inspect(name, digits);
            if (found == wanted && obstacle != Outside)
                return null;
            if ((obstacle ?? (wanted?.IsFile == false ? "it was no plain file" : files.Knows(name, found) ? null : "it was changed after the undo began")) is { } reason)
                return reason;

            var path = Path.Combine(root, name);
            if (wanted is null)
                File.Delete(path);
            else
                Write(path, content, wanted.IsExecutable);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e.Message;
        }
    }

    private static bool IsMissing(FileInfo file) => (int)file.Attributes == -1;

    // What git cannot read, such as a file of another user or a pipe, would keep all others out of the snapshot.
    private static bool IsTaken(FileInfo file) => file.LinkTarget is not null
        || (FileFacts.Of(file.FullName) is { IsRegular: true, Bytes: <= LargestFile } && (OperatingSystem.IsWindows() || NativeFiles.MayRead(file.FullName)));

    // Git reports a file behind a link as if it were in the worktree.
    private bool IsBehindLink(string name, Dictionary<string, bool> known)
    {
        var slash = name.LastIndexOf('/');
        if (slash < 0)
            return false;

        var folder = name[..slash];
        if (!known.TryGetValue(folder, out var isBehind))
            known[folder] = isBehind = new FileInfo(Path.Combine(root, folder)).LinkTarget is not null || IsBehindLink(folder, known);
        return isBehind;
    }

    // Git knows no folders, so those that a step made are there still when their files are gone.
    private static bool IsEmpty(DirectoryInfo folder) => folder.EnumerateFileSystemInfos("*", _everything).All(static entry => entry is DirectoryInfo { LinkTarget: null } inner && IsEmpty(inner));

    private static void Remove(DirectoryInfo folder)
    {
        foreach (var inner in folder.EnumerateDirectories("*", _everything))
            Remove(inner);
        folder.Delete();
    }

    private void Write(string path, string content, bool isExecutable)
    {
        if (Directory.Exists(path))
            Remove(new DirectoryInfo(path));
        var bytes = File.ReadAllBytes(content);
        if (store.Find(path) is not { } found || found.Bytes != bytes.Length || !store.Read(path, bytes.Length).AsSpan().SequenceEqual(bytes))
            store.Write(path, bytes, CancellationToken.None);
        if (OperatingSystem.IsWindows())
            return;

        var mode = File.GetUnixFileMode(path);
        var wanted = isExecutable ? mode | Runnable : mode & ~Runnable;
        if ((mode & UnixFileMode.UserExecute) != (wanted & UnixFileMode.UserExecute))
            File.SetUnixFileMode(path, wanted);
    }

    // Links are neither followed nor replaced: what they lead to is not of the worktree, and may be anything by now.
    private (TreeEntry? Found, string? Obstacle) Inspect(string name, int digits)
    {
        var pieces = name.Split('/');
        if (Path.IsPathRooted(name) || pieces.Any(static piece => piece is "" or "." or ".." or ".git"))
            return (null, Outside);

        var at = root;
        foreach (var folder in pieces[..^1])
        {
            at = Path.Combine(at, folder);
            var info = new FileInfo(at);
            if (IsMissing(info))
                return (null, null); // missing, with all below
            if (info.LinkTarget is not null || !info.Attributes.HasFlag(FileAttributes.Directory))
                return (null, $"{at} is a link or a file by now");
        }

        var file = new FileInfo(Path.Combine(root, name));
        return IsMissing(file) ? (null, null)
            : file.LinkTarget is { } target ? (TreeEntry.OfLink(target, digits), "it is a link")
            : file.Attributes.HasFlag(FileAttributes.Directory) ? (null, IsEmpty(new DirectoryInfo(file.FullName)) ? null : "it is a folder by now")
            : file.Length > LargestFile ? (_unknown, "it is too large to be kept") // Nothing could bring it back.
            : (TreeEntry.OfFile(store.Read(file.FullName, (int)LargestFile), !OperatingSystem.IsWindows() && file.UnixFileMode.HasFlag(UnixFileMode.UserExecute), digits), null);
    }
}
