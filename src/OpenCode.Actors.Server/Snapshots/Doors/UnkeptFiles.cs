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
    private const int MostLooks = 20_000; // Folders of packages have any number of files.

    // File systems note the time of their last tick.
    private static readonly TimeSpan _tick = TimeSpan.FromMilliseconds(20);
    private static readonly EnumerationOptions _everything = new() { AttributesToSkip = FileAttributes.None, IgnoreInaccessible = true };

    /// <summary>Lists what changed. What is gone is not found.</summary>
    /// <param name="names">What git lists: files that are not in a snapshot or differ, and what is ignored. A folder ends with a slash.</param>
    /// <param name="since">The time, in milliseconds of the epoch.</param>
    public IReadOnlyList<string> ChangedSince(IEnumerable<string> names, long since)
    {
        var from = DateTimeOffset.FromUnixTimeMilliseconds(since).UtcDateTime - _tick;
        var looks = MostLooks;
        return [.. names.Distinct(StringComparer.Ordinal).Where(name => !IsOwn(name) && HasChanged(Path.Combine(root, name), from, ref looks)).Order(StringComparer.Ordinal)];
    }

    private bool IsOwn(string name) =>
        $"{Path.Combine(root, name).TrimEnd('/')}/".StartsWith($"{dataFolder}/", StringComparison.Ordinal) || FileSystemName.MatchesSimpleExpression(DiskStore.TemporaryNames, Path.GetFileName(name), ignoreCase: false);

    private static bool HasChanged(string path, DateTime from, ref int looks)
    {
        if (looks-- <= 0 || new FileInfo(path.TrimEnd('/')).LinkTarget is not null || FileFacts.Of(path) is not { } facts)
            return false;
        if (facts.ChangedAt >= from)
            return true;
        if (facts.IsRegular || !Directory.Exists(path))
            return false;

        foreach (var inner in Directory.EnumerateFileSystemEntries(path, "*", _everything))
        {
            if (Path.GetFileName(inner) != Repository && HasChanged(inner, from, ref looks))
                return true;
        }

        return false;
    }
}
