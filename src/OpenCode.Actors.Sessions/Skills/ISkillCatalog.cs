namespace OpenCode.Actors.Sessions.Skills;

/// <summary>The skills of each location. Read again each time, so that a changed file holds for the next step.</summary>
internal interface ISkillCatalog
{
    /// <summary>Returns the skills of a location. Reads files: it may block.</summary>
    /// <param name="directory">The location.</param>
    LocationSkills For(string directory);
}
