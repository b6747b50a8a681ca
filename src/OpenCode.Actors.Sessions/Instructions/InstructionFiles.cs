using OpenCode.Actors.Sessions.Files;

namespace OpenCode.Actors.Sessions.Instructions;

/// <summary>Finds and reads the instructions of a location: the user's own, the project's, then those of the configuration.</summary>
internal sealed class InstructionFiles(IFileTree files, ProjectBorder border, string directory, string worktree, InstructionSources sources, CancellationToken cancellationToken)
{
    private const int MostFiles = 64;
    private const int MostCharactersTogether = 256 * 1024;

    private static readonly string[] _kinds = ["AGENTS.md", "CLAUDE.md", "CONTEXT.md"];

    private readonly List<Instruction> _found = [];
    private readonly HashSet<string> _paths = new(StringComparer.Ordinal);
    private int _room = MostCharactersTogether;

    /// <summary>Reads all that are files.</summary>
    public IReadOnlyList<Instruction> Read()
    {
        if (sources.OfUser.FirstOrDefault(IsFile) is { } own)
            Add(own, isOfUser: true);
        foreach (var path in OfProject())
            Add(path, isOfUser: false);
        foreach (var entry in sources.Configured.Where(static entry => !IsUrl(entry)))
            AddConfigured(entry);
        return _found;
    }

    /// <summary>True if an entry of the configuration is on the web.</summary>
    public static bool IsUrl(string entry) => entry.StartsWith("https://", StringComparison.OrdinalIgnoreCase) || entry.StartsWith("http://", StringComparison.OrdinalIgnoreCase);

    // Of the first kind that the project has, those of all folders: the outermost first, since what is nearer says more.
    private List<string> OfProject() => _kinds
        .Where(kind => sources.ReadsClaude || kind != "CLAUDE.md")
        .Select(kind => FoldersUp().Select(folder => Path.Combine(folder, kind)).Where(IsFile).Reverse().ToList())
        .FirstOrDefault(static paths => paths.Count > 0) ?? [];

    private void AddConfigured(string entry)
    {
        var path = entry.StartsWith("~/", StringComparison.Ordinal) ? Path.Combine(sources.Home, entry[2..]) : entry;
        var bases = Path.IsPathRooted(path) ? [""] : FoldersUp().Reverse().ToList();
        var matches = InstructionGlob.Is(path)
            ? bases.SelectMany(folder => new InstructionGlob(files, cancellationToken).Find(folder, path)).ToList()
            : bases.Select(folder => Path.Combine(folder, path)).Where(IsFile).ToList();
        if (matches.Count == 0)
            _found.Add(new Instruction(entry, null, "The configuration names this under 'instructions', but there is no such file."));
        foreach (var match in matches)
            Add(match, isOfUser: Path.IsPathRooted(path) && !sources.OfLocation.Contains(entry, StringComparer.Ordinal));
    }

    // What users name by its whole path is read wherever it leads.
    private void Add(string path, bool isOfUser)
    {
        if (!_paths.Add(path))
            return;

        if (_paths.Count > MostFiles || _room <= 0)
        {
            _found.Add(new Instruction(path, null, "It is left out, since there are too many instructions. Read it if you need it."));
            return;
        }

        var instruction = isOfUser ? Instruction.Read(files, path) : border.Read(files, path);
        _room -= instruction.Text?.Length ?? 0;
        _found.Add(instruction);
    }

    private bool IsFile(string path) => files.Look(path) == EntryKind.File;

    private IEnumerable<string> FoldersUp()
    {
        for (var folder = directory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            yield return folder;
            if (folder == worktree)
                yield break;
        }
    }
}
