using OpenCode.Actors.Journal.Disks;

namespace OpenCode.Actors.Journal.Doors;

/// <summary>A folder of the file system.</summary>
/// <param name="folder">The data folder; made when it is not there.</param>
public sealed class FileDisk(string folder) : IDisk
{
    private const string LockFile = "lock";

    private readonly DiskThread _commits = new("journal");
    private readonly DiskThread _aside = new("journal-aside");
    private readonly string _root = Path.GetFullPath(folder);

    /// <inheritdoc/>
    public string Name => _root;

    /// <inheritdoc/>
    public bool RunsInline => false;

    /// <inheritdoc/>
    public IDisposable Lock()
    {
        MakeFolder(_root);
        try
        {
            // FileShare.None is an advisory flock on Unix: it goes with the process, however that ends.
            return new Hold(this, new FileStream(FullPath(LockFile), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0));
        }
        catch (IOException e) when (e is not (DirectoryNotFoundException or FileNotFoundException or PathTooLongException) && !RealFile.SaysFull(e))
        {
            throw new JournalLockedException(_root);
        }
    }

    /// <inheritdoc/>
    public void Run(Action work) => _commits.Post(work);

    /// <inheritdoc/>
    public void RunAside(Action work) => _aside.Post(work);

    /// <inheritdoc/>
    public IReadOnlyList<string> List(string folder)
    {
        var path = FullPath(folder);
        if (!Directory.Exists(path))
            return [];

        var names = new List<string>();
        foreach (var file in Directory.EnumerateFiles(path))
            names.Add(Path.GetFileName(file));

        names.Sort(StringComparer.Ordinal);
        return names;
    }

    /// <inheritdoc/>
    public IDiskFile Open(string path, DiskFileMode mode)
    {
        var fullPath = FullPath(path);
        if (mode == DiskFileMode.Create)
            MakeFolder(Path.GetDirectoryName(fullPath)!);

        try
        {
            var handle = File.OpenHandle(
                fullPath,
                mode == DiskFileMode.Create ? FileMode.Create : FileMode.Open,
                mode == DiskFileMode.Read ? FileAccess.Read : FileAccess.ReadWrite,
                FileShare.ReadWrite | FileShare.Delete);
            return new RealFile(this, path, handle);
        }
        catch (DirectoryNotFoundException e)
        {
            throw new FileNotFoundException(e.Message, path, e);
        }
        catch (IOException e) when (RealFile.SaysFull(e))
        {
            throw new DiskFullException(path, e);
        }
    }

    /// <inheritdoc/>
    public void Delete(string path)
    {
        try
        {
            File.Delete(FullPath(path));
        }
        catch (DirectoryNotFoundException)
        {
            // Neither is the file there.
        }
    }

    /// <inheritdoc/>
    public void Rename(string path, string newPath) => File.Move(FullPath(path), FullPath(newPath), overwrite: true);

    /// <inheritdoc/>
    public ValueTask SyncFolderAsync(string folder)
    {
        Posix.SyncFolder(FullPath(folder));
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public long FreeBytes() => new DriveInfo(_root).AvailableFreeSpace;

    /// <summary>Gets a value indicating whether the folder is there.</summary>
    internal bool Exists => Directory.Exists(_root);

    /// <summary>Tells whether the caller runs on a thread that may block.</summary>
    internal bool MayBlock() => _commits.IsCurrent || _aside.IsCurrent;

    /// <summary>Makes a folder that survives a power cut, for this user alone: it has what people said to their agents.</summary>
    private static void MakeFolder(string path)
    {
        if (Directory.Exists(path))
            return;

        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(path);
        else
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

        if (Path.GetDirectoryName(path) is { } parent)
            Posix.SyncFolder(parent);
    }

    private string FullPath(string path) => Path.Combine(_root, path.Replace('/', Path.DirectorySeparatorChar));

    private sealed class Hold(FileDisk disk, FileStream file) : IDisposable
    {
        public void Dispose()
        {
            disk._commits.End();
            disk._aside.End();
            file.Dispose();
        }
    }
}
