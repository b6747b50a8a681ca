using OpenCode.Actors.Sessions.Files;

namespace OpenCode.Actors.Sessions.Tools.Paths;

/// <summary>The error for a missing file, with the names of similar ones.</summary>
internal static class NotFound
{
    private const int MostNames = 3;
    private const int MostRead = 2_000;

    /// <summary>Says it.</summary>
    /// <param name="files">The files.</param>
    /// <param name="path">The path as it was named.</param>
    public static string Describe(IFileTree files, string path)
    {
        var folder = Path.GetDirectoryName(path) ?? "/";
        var near = Near(files, folder, Path.GetFileNameWithoutExtension(path));
        return near.Count == 0 ? $"There is no file {path}." : $"There is no file {path}. Is one of these meant? {string.Join(", ", near)}";
    }

    private static List<string> Near(IFileTree files, string folder, string name)
    {
        try
        {
            return name.Length == 0 || files.Look(folder) != EntryKind.Folder
                ? []
                : [.. files.List(folder).Take(MostRead).Select(entry => entry.Name).Where(other => IsNear(other, name)).Order(StringComparer.Ordinal).Take(MostNames).Select(other => Path.Combine(folder, other))];
        }
        catch (IOException)
        {
            return [];
        }
    }

    private static bool IsNear(string other, string name) =>
        other.Contains(name, StringComparison.OrdinalIgnoreCase)
        || (Path.GetFileNameWithoutExtension(other) is { Length: > 2 } stem && name.Contains(stem, StringComparison.OrdinalIgnoreCase));
}
