using System.Globalization;
using System.Text;
using OpenCode.Actors.Sessions.Files;
using OpenCode.Actors.Sessions.Files.Doors;
using OpenCode.Actors.Sessions.Permissions.Doors;

namespace OpenCode.Actors.Server.Config.Doors;

/// <summary>The files and variables of this machine, and the keys that clients gave.</summary>
/// <param name="files">Opens files.</param>
/// <param name="time">The clock.</param>
/// <param name="keys">The keys; null where there is no place for them.</param>
internal sealed class MachineConfigSource(IFileTree files, TimeProvider time, IProviderKeys? keys = null) : IConfigSource
{
    private const int LongestFile = 1 << 20;
    private const int Deepest = 16;
    private const int MostFolders = 1_000;
    private const int MostFiles = 1_000;

    // Longer than the clock of any file system is.
    private static readonly TimeSpan _moment = TimeSpan.FromSeconds(2);

    public string Home => UserHome.Path;

    public IProviderKeys? Keys => keys;

    public string? ReadText(string path)
    {
        if (!Path.Exists(path))
            return null; // asked often, and an exception costs more than all else here

        try
        {
            using var file = files.Open(path);
            using var content = new MemoryStream();
            var buffer = new byte[16 * 1024];
            for (int read; (read = file.Read(buffer)) > 0;)
            {
                if (content.Length + read > LongestFile)
                    throw new IOException($"it has more than {LongestFile >> 20} MiB, the most that a file of the configuration may have.");

                content.Write(buffer, 0, read);
            }

            content.Position = 0;
            return new StreamReader(content, Encoding.UTF8).ReadToEnd();
        }
        catch (IOException) when (!Path.Exists(path))
        {
            return null;
        }
    }

    public string? Stamp(string path)
    {
        if (FileFacts.Of(path) is not { } facts || (time.GetUtcNow().UtcDateTime - facts.ChangedAt).Duration() < _moment)
            return null;

        return string.Create(CultureInfo.InvariantCulture, $"{facts.Device} {facts.Inode} {facts.Bytes} {facts.ChangedAt.Ticks}");
    }

    public bool Exists(string path) => Path.Exists(path);

    public IReadOnlyList<string> Markdown(string folder)
    {
        var found = new List<string>();
        try
        {
            if (Directory.Exists(folder))
                Walk(folder, [], found, new Counter());
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }

        return [.. found.Order(StringComparer.Ordinal)];
    }

    public string? Variable(string name) => Environment.GetEnvironmentVariable(name);

    // Links are followed, as in opencode, but not to where the walk came from.
    private void Walk(string folder, HashSet<string> above, List<string> found, Counter folders)
    {
        if (NativeFiles.RealPath(folder) is not { } real || !above.Add(real))
            return;
        if (++folders.Count > MostFolders || above.Count > Deepest)
            throw new IOException($"it has more than {MostFolders} folders, or some that are deeper than {Deepest}; look for a link to a large folder.");

        foreach (var entry in files.List(folder))
        {
            if (entry.IsFolder)
                Walk(Path.Combine(folder, entry.Name), above, found, folders);
            else if (entry.Name.EndsWith(".md", StringComparison.Ordinal))
                found.Add(Path.Combine(folder, entry.Name));
            if (found.Count > MostFiles)
                throw new IOException($"it has more than {MostFiles} Markdown files; look for a link to a large folder.");
        }

        above.Remove(real);
    }

    private sealed class Counter
    {
        public int Count { get; set; }
    }
}
