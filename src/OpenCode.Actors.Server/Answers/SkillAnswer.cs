namespace OpenCode.Actors.Server.Answers;

/// <summary>A skill as clients list it.</summary>
/// <param name="Name">What it is called by.</param>
/// <param name="Description">What it is for.</param>
/// <param name="Location">Its file.</param>
/// <param name="Content">Its text.</param>
internal sealed record SkillAnswer(string Name, string? Description, string Location, string Content);
