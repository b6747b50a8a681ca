using OpenCode.Actors.Sessions.Files;

namespace OpenCode.Actors.Sessions.Tools.Paths.Doors;

/// <summary>Opens files by their real path only: a file elsewhere, reached by a link that replaced a folder after the path was judged, is refused.</summary>
/// <param name="files">The files.</param>
internal sealed class ExactFiles(IFileTree files) : IFileTree
{
    private const string OpenFiles = "/proc/self/fd/";
    private const string Replaced = " (deleted)"; // What the system adds to the path of an open file whose name is another file's since, proc(5).

    /// <summary>True if an open file is the one at a path. True where the system does not say (it does on Linux: proc(5)).</summary>
    public static bool IsAt(FileStream file, string path) =>
        new FileInfo(OpenFiles + file.SafeFileHandle.DangerousGetHandle()).LinkTarget is not { } real || real == path || real == path + Replaced;

    public EntryKind Look(string path) => files.Look(path);

    public void CheckName(string path) => files.CheckName(path);

    public IEnumerable<FolderEntry> List(string path) => files.List(path);

    public Stream Open(string path)
    {
        var opened = files.Open(path);
        if (opened is not FileStream file || IsAt(file, path))
            return opened;

        opened.Dispose();
        throw new IOException($"The path {path} leads elsewhere by now. Nothing was read. Call it again if that is still wanted.");
    }
}
