using System.Text.Json;
using OpenCode.Actors.Protocol.Permissions;
using OpenCode.Actors.Protocol.Texts;
using OpenCode.Actors.Sessions.Files;
using OpenCode.Actors.Sessions.Models;
using OpenCode.Actors.Sessions.Permissions;
using OpenCode.Actors.Sessions.Skills;
using OpenCode.Actors.Sessions.Tools.Functions;

namespace OpenCode.Actors.Sessions.Tools.Skills;

/// <summary>Loads the instructions of a skill. Its description lists the skills.</summary>
/// <param name="skills">The skills, which are made with the configuration: looked up when the first is asked for.</param>
/// <param name="work">Where files are read.</param>
internal sealed class SkillTool(Func<ISkillCatalog> skills, IFileWork work) : FunctionTool
{
    public const string Name = "skill";

    private const int MostListed = 200;
    private const int MostFaults = 10;
    private const int LongestDescription = 1_024;
    private const int MostCharacters = 50_000;
    private const int MostFiles = 10;

    // A mount that is away: the call ends, and the turn goes on.
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(30);

    public override bool ChangesFiles => false;

    public override ToolDefinition Definition { get; } = new(
        Name,
        "Loads a skill: instructions for a kind of task, written for this project or by its user. When a task fits the description of a skill, load it before you begin, and do as it says. "
        + "Files that it names are relative to the folder that is given with it.",
        JsonElement.Parse("""
            {
              "type": "object",
              "properties": {
                "name": { "type": "string", "description": "The name of the skill, as it is listed." }
              },
              "required": ["name"]
            }
            """));

    public override async ValueTask<ToolDefinition> DescribeAsync(ToolScope scope, CancellationToken cancellationToken)
    {
        try
        {
            var found = await work.DoAsync((_, _) => skills().For(scope.Directory), _limit, cancellationToken);
            return Definition with { Description = $"{Definition.Description}\n{ListOf(found, scope.Rules)}" };
        }
        catch (TimeoutException)
        {
            return Definition with { Description = $"{Definition.Description}\nWhich skills there are could not be read in time. Try one whose name the user tells." };
        }
    }

    public override Task<ToolOutcome> RunAsync(ToolCall call, ToolContext context, CancellationToken cancellationToken)
    {
        var name = InputOf(call).Text("name");
        return work.DoAsync((files, _) => Load(name, skills().For(context.Directory), context, files), _limit, cancellationToken);
    }

    protected override IReadOnlyList<ToolPermission> Needs(ToolInput input, ToolLocation location)
    {
        var name = input.Text("name");
        return [new ToolPermission(Name, [name], [name], ToolPermission.Nothing)];
    }

    private static ToolOutcome Load(string name, LocationSkills found, ToolContext context, IFileTree files)
    {
        if (found.Find(name) is not { } skill)
            throw new ToolRefusedException($"There is no skill '{name}' here. {ListOf(found, context.Rules.Rules)}");

        var content = skill.Content.Trim();
        content = TextCut.Start(content, MostCharacters, $"\n\n(It has {content.Length} characters: read {skill.Path} for the rest.)");
        var output = $"<skill_content name=\"{skill.Name}\">\n{content}\n\nBase folder of this skill, which its paths are relative to: {skill.Folder}\n{FilesOf(skill, files)}</skill_content>";
        return new ToolOutcome($"Loaded skill: {skill.Name}", output, JsonSerializer.SerializeToElement(new SkillMetadata(skill.Name, skill.Folder), SkillJson.Default.SkillMetadata));
    }

    // Names alone: what they hold is read by the tools, as the rules allow.
    private static string FilesOf(Skill skill, IFileTree files)
    {
        try
        {
            var entries = files.List(skill.Folder).Where(static entry => entry.Name is not ("SKILL.md" or ".git")).Take(1_000).OrderBy(static entry => entry.Name, StringComparer.Ordinal).ToList();
            var names = entries.Take(MostFiles).Select(static entry => $"- {entry.Name}{(entry.IsFolder ? "/" : "")}\n");
            return entries.Count == 0 ? "" : $"It has{(entries.Count > MostFiles ? ", among others" : "")}:\n{string.Concat(names)}";
        }
        catch (IOException)
        {
            return "";
        }
    }

    private static string ListOf(LocationSkills found, IReadOnlyList<PermissionRule>[] rules)
    {
        var usable = found.All.Where(skill => skill.Description is { Length: > 0 } && PermissionRules.Evaluate(Name, skill.Name, rules) != PermissionAction.Deny).ToList();
        var lines = usable.Take(MostListed).Select(static skill => $"\n- {OneLine(skill.Name)}: {OneLine(skill.Description!)}");
        var list = usable.Count == 0 ? "No skill is here." : $"Skills:{string.Concat(lines)}{(usable.Count > MostListed ? $"\n({usable.Count - MostListed} more are not listed.)" : "")}";
        var faults = found.Faults.Take(MostFaults).Select(static fault => $"\n- {OneLine(fault)}");
        return found.Faults.Count == 0 ? list : $"{list}\nLeft out, tell the user when it matters:{string.Concat(faults)}";
    }

    private static string OneLine(string text)
    {
        var line = string.Join(' ', text.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        return TextCut.Start(line, LongestDescription, "…");
    }
}
