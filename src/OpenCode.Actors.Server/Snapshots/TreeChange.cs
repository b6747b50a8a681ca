using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace OpenCode.Actors.Server.Snapshots;

/// <summary>A file of a snapshot.</summary>
/// <param name="Mode">Its mode, as git writes it.</param>
/// <param name="Hash">Its content.</param>
internal sealed record TreeEntry(string Mode, string Hash)
{
    private const string Plain = "100644";
    private const string Executable = "100755";
    private const string Link = "120000";
    private const string Folder = "tree";

    /// <summary>Gets a value indicating whether it is a file, and no link or repository.</summary>
    public bool IsFile => Mode is Plain or Executable;

    /// <summary>Gets a value indicating whether it may be run.</summary>
    public bool IsExecutable => Mode == Executable;

    /// <summary>Makes that of a file on the disk.</summary>
    /// <param name="content">Its content.</param>
    /// <param name="isExecutable">Whether it may be run.</param>
    /// <param name="digits">How long the hashes of the repository are.</param>
    public static TreeEntry OfFile(byte[] content, bool isExecutable, int digits) => new(isExecutable ? Executable : Plain, HashOf(content, digits));

    /// <summary>Makes that of a link.</summary>
    public static TreeEntry OfLink(string target, int digits) => new(Link, HashOf(Encoding.UTF8.GetBytes(target), digits));

    /// <summary>Reads what <c>git ls-tree -z</c> writes: <c>mode kind hash</c>, a tab and the path, each with a NUL behind it.</summary>
    public static IEnumerable<(string Path, TreeEntry Entry)> Read(string output) =>
        from line in output.Split('\0', StringSplitOptions.RemoveEmptyEntries)
        let tab = line.IndexOf('\t', StringComparison.Ordinal)
        let columns = line[..tab].Split(' ')
        where columns[1] != Folder
        select (line[(tab + 1)..], new TreeEntry(columns[0], columns[2]));

    // A content is named by its hash, with its kind and length before it.
    [SuppressMessage("Security", "CA5350:Do Not Use Weak Cryptographic Algorithms", Justification = "Git names contents so.")]
    private static string HashOf(byte[] content, int digits)
    {
        byte[] named = [.. Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"blob {content.Length}\0")), .. content];
        return Convert.ToHexStringLower(digits == 2 * SHA1.HashSizeInBytes ? SHA1.HashData(named) : SHA256.HashData(named));
    }
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
