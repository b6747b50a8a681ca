using OpenCode.Actors.Sessions.Files;
using OpenCode.Actors.Sessions.Permissions;

namespace OpenCode.Actors.Sessions.Instructions;

/// <summary>The <c>AGENTS.md</c> of folders inside a location. A model gets it with the first file that it reads there; the system prompt has those of the location and above.</summary>
internal static class NearbyInstructions
{
    private const string Name = "AGENTS.md";

    /// <summary>Finds and reads those that hold for a file, the outermost first.</summary>
    /// <param name="files">The files.</param>
    /// <param name="path">The file, an absolute path.</param>
    /// <param name="directory">The location. For a file outside of it there are none.</param>
    /// <param name="paths">Resolves links.</param>
    /// <param name="known">The paths of those that were given already; what is found is added.</param>
    public static IReadOnlyList<Instruction> Find(IFileTree files, string path, string directory, IPathFacts paths, ISet<string> known)
    {
        ProjectBorder? border = null;
        var found = new List<Instruction>();
        for (var folder = Path.GetDirectoryName(path); folder is not null && folder.StartsWith(directory + "/", StringComparison.Ordinal); folder = Path.GetDirectoryName(folder))
        {
            var named = Path.Combine(folder, Name);
            if (named != path && files.Look(named) == EntryKind.File && known.Add(named))
                found.Insert(0, (border ??= new ProjectBorder(paths, ProjectBorder.Worktree(files, directory) ?? directory)).Read(files, named));
        }

        return found;
    }

    /// <summary>Formats the instructions, to follow the text of the file; empty when there are none.</summary>
    public static string Render(IReadOnlyList<Instruction> instructions) =>
        instructions.Count == 0 ? "" : $"\n<reminder>\nFor files in that folder hold:{string.Concat(instructions.Select(static instruction => instruction.Told))}</reminder>";
}
