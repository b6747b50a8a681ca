using OpenCode.Actors.Sessions.Tools.Paths;

namespace OpenCode.Actors.Server.Snapshots.Doors;

/// <summary>The files of a worktree, as snapshots see and set them.</summary>
/// <param name="root">The worktree.</param>
/// <param name="store">Writes files, each at once.</param>
internal sealed class WorktreeFiles(string root, IFileStore store)
{
    private const long LargestFile = 2 * 1024 * 1024;
    private const UnixFileMode Runnable = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>Selects what a snapshot takes in of what changed. A file that became too large stays there as it was: a large file is never set.</summary>
    public IEnumerable<string> Select(IEnumerable<string> changed) => changed.Distinct(StringComparer.Ordinal).Where(name => !name.EndsWith('/') && IsTaken(new FileInfo(Path.Combine(root, name))));

    /// <summary>Sets a file.</summary>
    /// <param name="name">Its path in the worktree.</param>
    /// <param name="content">A file with its content; null to remove it.</param>
    /// <param name="isExecutable">Whether it may be run.</param>
    /// <returns>Why it stays as it is; null when it is set.</returns>
    public string? Set(string name, string? content, bool isExecutable)
    {
        var path = Path.Combine(root, name);
        if (Obstacle(name) is { } obstacle)
            return obstacle;

        try
        {
            if (content is not null)
                Write(path, content, isExecutable);
            else if (File.Exists(path))
                File.Delete(path);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e.Message;
        }
    }

    private static bool IsTaken(FileInfo file) => !file.Exists || file.LinkTarget is not null
        || (file.Length <= LargestFile && (OperatingSystem.IsWindows() || (file.UnixFileMode & (UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead)) != UnixFileMode.None));

    private void Write(string path, string content, bool isExecutable)
    {
        Tidy(path);
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

    // What a server that was killed left beside the file: it had not taken its place.
    private static void Tidy(string path)
    {
        if (Directory.Exists(Path.GetDirectoryName(path)))
        {
            foreach (var left in Directory.GetFiles(Path.GetDirectoryName(path)!, $".{Path.GetFileName(path)}.opencode-*.tmp"))
                File.Delete(left);
        }
    }

    // Links are neither followed nor replaced: what they lead to is not of the worktree, and may be anything by now.
    private string? Obstacle(string name)
    {
        var pieces = name.Split('/');
        if (Path.IsPathRooted(name) || pieces.Any(static piece => piece is "" or "." or ".." or ".git"))
            return "it lies outside of the worktree";

        var at = root;
        foreach (var folder in pieces[..^1])
        {
            at = Path.Combine(at, folder);
            var info = new FileInfo(at);
            if ((int)info.Attributes == -1)
                return null; // missing, with all below
            if (info.LinkTarget is not null || !info.Attributes.HasFlag(FileAttributes.Directory))
                return $"{at} is a link or a file by now";
        }

        var file = new FileInfo(Path.Combine(root, name));
        return (int)file.Attributes == -1 ? null : file.LinkTarget is not null ? "it is a link" : file.Attributes.HasFlag(FileAttributes.Directory) ? "it is a folder by now" : null;
    }
}
