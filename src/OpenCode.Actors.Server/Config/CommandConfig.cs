using OpenCode.Actors.Protocol.Models;

namespace OpenCode.Actors.Server.Config;

/// <summary>A prompt that users call by a name. Section <c>command.NAME</c>.</summary>
/// <param name="Name">The key: the word after the slash.</param>
/// <param name="Template">The prompt, with places for arguments.</param>
internal sealed record CommandConfig(string Name, string Template)
{
    public string? Description { get; init; }

    public string? Agent { get; init; }

    public ModelRef? Model { get; init; }

    public string? Variant { get; init; }

    /// <summary>Gets whether a child session runs it.</summary>
    public bool? Subtask { get; init; }

    /// <summary>Gets a value indicating whether it is a skill that the user loads by its name.</summary>
    public bool IsSkill { get; init; }

    /// <summary>Reads <c>command</c>.</summary>
    public static IReadOnlyList<CommandConfig> Read(ConfigSection? commands)
    {
        var read = new List<CommandConfig>();
        foreach (var name in commands?.Keys ?? [])
        {
            if (commands!.Section(name) is not { } command)
                continue;

            var template = command.Text("template");
            if (template is null && command["template"] is null)
                command.Wrong("template", "give the prompt.");

            read.Add(new CommandConfig(name, template ?? "")
            {
                Description = command.Text("description"),
                Agent = command.Text("agent"),
                Model = AgentSchema.Model(command),
                Variant = command.Text("variant"),
                Subtask = command.Flag("subtask"),
            });
        }

        return read;
    }
}
