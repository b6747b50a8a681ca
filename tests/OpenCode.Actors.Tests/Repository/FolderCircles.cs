namespace OpenCode.Actors.Tests.Repository;

/// <summary>Finds circles of folders: types of a folder are used in another one, and that one's, perhaps by way of further ones, in the first. A folder and its parent are two.</summary>
internal static class FolderCircles
{
    /// <summary>Returns every use that is part of a circle, one for each two folders.</summary>
    public static IReadOnlyList<string> In(IReadOnlyCollection<SourceFile> files)
    {
        var uses = Uses(files);
        var targets = uses.Keys.ToLookup(use => use.From, use => use.To, StringComparer.Ordinal);
        return [.. uses.Where(use => Reaches(targets, use.Key.To, use.Key.From)).Select(use => use.Value).Order(StringComparer.Ordinal)];
    }

    private static Dictionary<(string From, string To), string> Uses(IReadOnlyCollection<SourceFile> files)
    {
        var declared = files.SelectMany(file => file.Types.Select(type => (type, file))).ToLookup(d => d.type, d => d.file, StringComparer.Ordinal);
        var uses = new Dictionary<(string From, string To), string>();
        foreach (var file in files)
        {
            foreach (var name in file.Names.Where(name => declared.Contains(name) && !file.Types.Contains(name)))
            {
                // Of two types of one name the nearer one is meant, as the compiler has it.
                var used = declared[name].Where(other => file.Sees(other.Namespace)).MaxBy(other => file.IsWithin(other.Namespace) ? other.Namespace.Length : 0);
                if (used is not null && used.Folder != file.Folder)
                    uses.TryAdd((file.Folder, used.Folder), $"{file.Path} uses {name} of {used.Folder}/");
            }
        }

        return uses;
    }

    private static bool Reaches(ILookup<string, string> targets, string from, string to)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal) { from };
        var ahead = new Stack<string>(seen);
        while (ahead.TryPop(out var folder))
        {
            if (folder == to)
                return true;

            foreach (var next in targets[folder].Where(seen.Add))
                ahead.Push(next);
        }

        return false;
    }
}
