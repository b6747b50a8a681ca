using OpenCode.Actors.Sessions.Files;
using OpenCode.Actors.Sessions.Permissions;

namespace OpenCode.Actors.Sessions.Instructions;

/// <summary>Keeps what a project brings inside of it (rule "Found files stay inside"): a foreign repository must not put a file of the user's into the prompt by a link, or by its own configuration.</summary>
/// <param name="paths">Resolves links.</param>
/// <param name="root">The root of the worktree, or the location outside of a repository; a real path.</param>
internal sealed class ProjectBorder(IPathFacts paths, string root)
{
    /// <summary>Finds the root of the git worktree that a folder is in; null when it is in none.</summary>
    public static string? Worktree(IFileTree files, string directory)
    {
        for (var folder = directory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (files.Look(Path.Combine(folder, ".git")) != EntryKind.Missing)
                return folder;
        }

        return null;
    }

    /// <summary>Reads a file that the project has, or names. One outside is not opened, and the instruction says so.</summary>
    public Instruction Read(IFileTree files, string path)
    {
        var real = paths.RealPath(path);
        if (real.StartsWith(root == "/" ? root : root + "/", StringComparison.Ordinal))
            return Instruction.Read(files, real) with { Source = path };

        return new Instruction(path, null, $"It is left out, since it is {real}, which is outside of the project. Users may name that file by its whole path under 'instructions' of their own configuration.") { IsOutside = true };
    }
}
