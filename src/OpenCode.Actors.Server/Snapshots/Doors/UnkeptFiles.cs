using System.IO.Enumeration;
using OpenCode.Actors.Sessions.Files.Doors;
using OpenCode.Actors.Sessions.Tools.Paths.Doors;

namespace OpenCode.Actors.Server.Snapshots.Doors;

/// <summary>Finds what changed in a worktree and is in no snapshot: ignored files, those that are too large, and other repositories. A folder is named as a whole.</summary>
/// <param name="root">The worktree.</param>
/// <param name="dataFolder">The data folder of the server: what changes there is the server's.</param>
internal sealed class UnkeptFiles(string root, string dataFolder)
{
    private const string Repository = ".git";
    private const int MostEntries = 20_000; // Folders of packages have any number of files.

    // File systems note the time of their last tick.
    private static readonly TimeSpan _tick = TimeSpan.FromMilliseconds(20);
    private static readonly EnumerationOptions _everything = new() { AttributesToSkip = FileAttributes.None, IgnoreInaccessible = true };

    /// <summary>Lists what changed. What is gone is not found.</summary>
    /// <param name="names">What git lists: files that are not in a snapshot or differ, and what is ignored. A folder ends with a slash.</param>
    /// <param name="since">The time, in milliseconds of the epoch.</param>
    public IReadOnlyList<string> ChangedSince(IEnumerable<string> names, long since)
    {
        var from = DateTimeOffset.FromUnixTimeMilliseconds(since).UtcDateTime - _tick;
        var entries = MostEntries;
        return [.. names.Distinct(StringComparer.Ordinal).Where(name => HasChanged(Path.Combine(root, name), from, ref entries)).Order(StringComparer.Ordinal)];
    }

    private bool HasChanged(string path, DateTime from, ref int entries)
    {
        try
        {
            if (entries-- <= 0 || IsOwn(path) || new FileInfo(path.TrimEnd('/')).LinkTarget is not null)
                return false;

            // Facts of folders are there on Linux only.
            var facts = FileFacts.Of(path);
            return (facts?.ChangedAt ?? Directory.GetLastWriteTimeUtc(path)) >= from || (facts is not { IsRegular: true } && HasChangedWithin(path, from, ref entries));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false; // It is gone by now, may not be read, or is a pipe. The undo does not depend on what is named.
        }
    }

    private bool HasChangedWithin(string folder, DateTime from, ref int entries)
    {
        foreach (var inner in Directory.EnumerateFileSystemEntries(folder, "*", _everything))
        {
            if (HasChanged(inner, from, ref entries))
                return true;
        }

        return false;
    }

    private bool IsOwn(string path)
    {
        var name = Path.GetFileName(path);
        return name == Repository || $"{path.TrimEnd('/')}/".StartsWith($"{dataFolder}/", StringComparison.Ordinal) || FileSystemName.MatchesSimpleExpression(DiskStore.TemporaryNames, name, ignoreCase: false);
    }
}
