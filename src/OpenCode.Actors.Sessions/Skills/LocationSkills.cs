namespace OpenCode.Actors.Sessions.Skills;

/// <summary>The skills of one location at one moment.</summary>
/// <param name="All">By name, each name once.</param>
/// <param name="Faults">What was left out since it cannot be read: a sentence for each file or folder.</param>
internal sealed record LocationSkills(IReadOnlyList<Skill> All, IReadOnlyList<string> Faults)
{
    /// <summary>Finds a skill; null when there is none of that name.</summary>
    public Skill? Find(string name) => All.FirstOrDefault(skill => skill.Name == name);
}
