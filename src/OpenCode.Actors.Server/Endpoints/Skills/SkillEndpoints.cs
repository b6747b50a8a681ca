using Microsoft.AspNetCore.Http.HttpResults;
using OpenCode.Actors.Server.Answers;
using OpenCode.Actors.Server.Locations;
using OpenCode.Actors.Sessions.Skills;

namespace OpenCode.Actors.Server.Endpoints.Skills;

/// <summary>The skills of a location.</summary>
internal static class SkillEndpoints
{
    public static void MapSkills(this IEndpointRouteBuilder routes) => routes.MapGet("/skill", List).WithName("app.skills").WithTags("Config");

    private static Ok<IReadOnlyList<SkillAnswer>> List(Location location, ISkillCatalog skills) =>
        TypedResults.Ok<IReadOnlyList<SkillAnswer>>([.. skills.For(location.Path).All.Select(static skill => new SkillAnswer(skill.Name, skill.Description, skill.Path, skill.Content))]);
}
