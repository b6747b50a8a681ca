using System.Collections.Frozen;
using System.Text.Json;
using System.Text.RegularExpressions;
using OpenCode.Actors.Protocol.Models;
using OpenCode.Actors.Sessions.Agents;

namespace OpenCode.Actors.Server.Config;

/// <summary>Reads <c>agent</c>, and <c>mode</c>, which is its older name.</summary>
internal static partial class AgentSchema
{
    private static readonly FrozenSet<string> _known = FrozenSet.Create(
        StringComparer.Ordinal,
        "color", "description", "disable", "hidden", "maxSteps", "mode", "model", "options", "permission", "prompt", "steps", "temperature", "tools", "top_p", "variant");

    public static IReadOnlyList<AgentConfig> Read(ConfigSection? agents)
    {
        var read = new List<AgentConfig>();
        foreach (var name in agents?.Keys ?? [])
        {
            if (agents!.Section(name) is { } agent)
                read.Add(Read(name, agent));
            else if (agents[name] is null)
                agents.Wrong(name, "give an object.");
        }

        return read;
    }

    /// <summary>Reads a model; null when there is none, as for an empty text in opencode, or it is none.</summary>
    public static ModelRef? Model(ConfigSection section, string key = "model")
    {
        var text = section.Text(key);
        if (!ModelRef.TryParse(text, out var model) && text is { Length: > 0 })
            section.Wrong(key, "give PROVIDER/MODEL.");
        return model;
    }

    private static AgentConfig Read(string name, ConfigSection agent)
    {
        PermissionSchema.CheckTools(agent);
        return new AgentConfig(name, PermissionSchema.Read(agent))
        {
            IsDisabled = agent.Flag("disable") == true,
            Description = agent.Text("description"),
            Mode = Mode(agent),
            Hidden = agent.Flag("hidden"),
            Prompt = agent.Text("prompt"),
            Model = Model(agent),
            Variant = agent.Text("variant"),
            Temperature = agent.Number("temperature"),
            TopP = agent.Number("top_p"),
            Steps = (int?)(agent.Whole("steps", 1, int.MaxValue, "steps") ?? agent.Whole("maxSteps", 1, int.MaxValue, "steps")),
            Color = Color(agent),
            Options = Options(agent),
        };
    }

    private static AgentMode? Mode(ConfigSection agent)
    {
        switch (agent.Text("mode"))
        {
            case "primary":
                return AgentMode.Primary;
            case "subagent":
                return AgentMode.Subagent;
            case "all":
                return AgentMode.All;
            case { }:
                agent.Wrong("mode", "give \"primary\", \"subagent\" or \"all\".");
                return null;
            default:
                return null;
        }
    }

    private static string? Color(ConfigSection agent)
    {
        if (agent.Text("color") is not { } color || HexColor.IsMatch(color) || color is "primary" or "secondary" or "accent" or "success" or "warning" or "error" or "info")
            return agent.Text("color");

        agent.Wrong("color", "give #rrggbb, or primary, secondary, accent, success, warning, error or info.");
        return null;
    }

    private static Dictionary<string, JsonElement> Options(ConfigSection agent)
    {
        var read = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        var options = agent.Section("options");
        foreach (var key in options?.Keys ?? [])
            read[key] = Element(options!, key);
        foreach (var key in agent.Keys.Where(static key => !_known.Contains(key)))
            read[key] = Element(agent, key);

        return read;
    }

    private static JsonElement Element(ConfigSection section, string key) => JsonElement.Parse(section[key]?.ToJsonString() ?? "null");

    [GeneratedRegex("^#[0-9a-fA-F]{6}$", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex HexColor { get; }
}
