using OpenCode.Actors.Server.Config;
using OpenCode.Actors.Sessions.Skills;

namespace OpenCode.Actors.Server.Commands;

/// <summary>The commands that every location has. The configuration may give one of them another prompt.</summary>
internal static class BuiltInCommands
{
    /// <summary>The command that <c>POST /session/{id}/init</c> runs.</summary>
    public const string InitName = "init";

    private const string Init = """
        Write the file AGENTS.md at the root of this project, for agents that will work on this code. Improve it where it exists already: keep what is right, correct what is wrong.

        Look first: at the README, the build files, the configuration of linters and tests, the pipelines, the folders, and at rules for agents that are there under other names (CLAUDE.md, .cursor/rules, .github/copilot-instructions.md).
        Then write down what an agent cannot guess and would get wrong:
        - the commands to build, to check, to run all tests and to run a single one;
        - how the parts of the code belong together, where that takes more than one file to see;
        - conventions of this project: names, layout, errors, imports, types;
        - traps: order of steps, generated files, what must not be changed.

        About 20 to 40 lines. No advice that holds for every project, no list of all files, nothing that you have not seen here.

        The user adds: $ARGUMENTS
        """;

    private const string Review = """
        Review changes to this code. What to review: $ARGUMENTS

        - If that is empty, review what is not committed: `git status --short`, `git diff`, `git diff --cached`, and files that git does not know yet.
        - If it is a commit, review that: `git show`. If it is a branch, review what it adds: `git diff BRANCH...HEAD`. If it is the number or the address of a pull request and `gh` is there, use `gh pr view` and `gh pr diff`.

        A difference alone is not enough: read the changed files whole, and what calls them. Change nothing.
        Look for, in this order: wrong results, lost data, missing checks of input and security, broken cases at the edges, errors that vanish, races; then for what does not fit the way this project is written; then for cost where it can be felt.
        Report only what you are sure of, or say what you are not sure of. For each finding: the file and line, what goes wrong and when, how bad it is, and what would be right. Say so plainly when there is nothing to find. No praise.
        """;

    public static IReadOnlyList<CommandConfig> All { get; } =
    [
        new(InitName, Init) { Description = "Writes or improves AGENTS.md for this project." },
        new("review", Review) { Description = "Reviews what is not committed, a commit, a branch or a pull request.", Subtask = true },
    ];

    /// <summary>Returns all commands of a location: the built-in ones, unless the configuration has its own of that name, its own, and the skills whose names are free.</summary>
    public static IReadOnlyList<CommandConfig> With(OpenCodeConfig config, LocationSkills skills)
    {
        List<CommandConfig> commands = [.. All.Where(command => config.Commands.All(own => own.Name != command.Name)), .. config.Commands];
        return [.. commands, .. skills.All.Where(skill => commands.TrueForAll(command => command.Name != skill.Name)).Select(Of)];
    }

    private static CommandConfig Of(Skill skill) =>
        new(skill.Name, $"{skill.Content}\n\nBase folder of this skill, which its paths are relative to: {skill.Folder}") { Description = skill.Description, IsSkill = true };
}
