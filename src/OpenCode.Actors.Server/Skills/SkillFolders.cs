using OpenCode.Actors.Server.Config;

namespace OpenCode.Actors.Server.Skills;

/// <summary>The folders of skills, as in opencode: a skill of a later folder replaces one with the same name.</summary>
internal static class SkillFolders
{
    private static readonly string[] _own = ["skills", "skill"];

    /// <summary>Lists the folders for a location.</summary>
    /// <param name="files">Files and variables.</param>
    /// <param name="location">The location.</param>
    /// <param name="further">What <c>skills.paths</c> names.</param>
    public static IEnumerable<string> Of(IConfigSource files, string location, IReadOnlyList<string> further)
    {
        var ofProject = files.IsSet("OPENCODE_DISABLE_PROJECT_CONFIG") ? [] : ConfigLayers.Upwards(files, location);
        List<string> bases = [files.Home, .. ofProject.AsEnumerable().Reverse()];
        foreach (var folder in bases.SelectMany(folder => Foreign(files).Select(name => Path.Combine(folder, name, "skills"))).Distinct(StringComparer.Ordinal))
            yield return folder;

        string?[] configured =
        [
            ConfigLayers.UserFolder(files),
            .. ofProject.AsEnumerable().Reverse().Select(static folder => Path.Combine(folder, ".opencode")),
            Path.Combine(files.Home, ".opencode"),
            files.Variable("OPENCODE_CONFIG_DIR") is { Length: > 0 } own ? Path.GetFullPath(own) : null,
        ];
        foreach (var folder in configured.OfType<string>().Distinct(StringComparer.Ordinal).SelectMany(static folder => _own.Select(name => Path.Combine(folder, name))))
            yield return folder;

        foreach (var path in further)
            yield return Path.GetFullPath(path.StartsWith("~/", StringComparison.Ordinal) ? Path.Combine(files.Home, path[2..]) : path, location);
    }

    private static IEnumerable<string> Foreign(IConfigSource files)
    {
        if (files.IsSet("OPENCODE_DISABLE_EXTERNAL_SKILLS"))
            yield break;
        if (!files.IsSet("OPENCODE_DISABLE_CLAUDE_CODE") && !files.IsSet("OPENCODE_DISABLE_CLAUDE_CODE_SKILLS"))
            yield return ".claude";
        yield return ".agents";
    }
}
