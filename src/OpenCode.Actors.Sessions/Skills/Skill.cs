namespace OpenCode.Actors.Sessions.Skills;

/// <summary>A skill: instructions for a kind of task, which a model loads when it has one.</summary>
/// <param name="Name">What it is called by.</param>
/// <param name="Description">What it is for. A skill without one is not shown to models.</param>
/// <param name="Path">Its <c>SKILL.md</c>; the files that it names are in the same folder.</param>
/// <param name="Content">The text behind the front matter.</param>
internal sealed record Skill(string Name, string? Description, string Path, string Content)
{
    /// <summary>Gets the folder that its paths are relative to.</summary>
    public string Folder => System.IO.Path.GetDirectoryName(Path) ?? "/";
}
