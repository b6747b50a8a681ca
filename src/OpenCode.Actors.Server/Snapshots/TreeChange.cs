namespace OpenCode.Actors.Server.Snapshots;

/// <summary>A file of a snapshot.</summary>
/// <param name="Mode">Its mode, as git writes it.</param>
/// <param name="Hash">Its content.</param>
internal sealed record TreeEntry(string Mode, string Hash)
{
    private const string Plain = "100644";
    private const string Executable = "100755";

    /// <summary>Gets a value indicating whether it is a file, and no link or repository.</summary>
    public bool IsFile => Mode is Plain or Executable;

    /// <summary>Gets a value indicating whether it may be run.</summary>
    public bool IsExecutable => Mode == Executable;
}

/// <summary>A file that differs between two snapshots.</summary>
/// <param name="Path">Its path in the worktree.</param>
/// <param name="Old">What it was; null when it was not there.</param>
/// <param name="New">What it is; null when it is gone.</param>
internal sealed record TreeChange(string Path, TreeEntry? Old, TreeEntry? New)
{
    private const string None = "000000";

    /// <summary>Parses the output of <c>git diff-tree --raw -z</c>: <c>:mode mode hash hash letter</c> and the path, each with a NUL behind it.</summary>
    public static IReadOnlyList<TreeChange> Read(string output)
    {
        var fields = output.Split('\0');
        var changes = new List<TreeChange>();
        for (var i = 0; i + 1 < fields.Length; i += 2)
        {
            var columns = fields[i].TrimStart(':').Split(' ');
            if (columns.Length >= 4)
                changes.Add(new TreeChange(fields[i + 1], Entry(columns[0], columns[2]), Entry(columns[1], columns[3])));
        }

        return changes;
    }

    private static TreeEntry? Entry(string mode, string hash) => mode == None ? null : new TreeEntry(mode, hash);
}
