using OpenCode.Actors.Server.Config;
using OpenCode.Actors.Sessions.Instructions;

namespace OpenCode.Actors.Server.Models;

/// <summary>Where the instructions of a location are: the user's own files and <c>instructions</c> of the configuration.</summary>
internal sealed class ConfiguredInstructions(ConfigCatalog configs) : IInstructionConfig
{
    public InstructionSources For(string directory)
    {
        try
        {
            return Sources(configs.For(directory).Values);
        }
        catch (ConfigException e)
        {
            return Sources(configs.Server) with { Fault = $"It cannot be used, so instructions that it names are missing. {e.Message}" };
        }
    }

    private InstructionSources Sources(OpenCodeConfig config)
    {
        var files = configs.Files;
        var readsClaude = !files.IsSet("OPENCODE_DISABLE_CLAUDE_CODE") && !files.IsSet("OPENCODE_DISABLE_CLAUDE_CODE_PROMPT");
        string?[] own =
        [
            Path.Combine(ConfigLayers.UserFolder(files), "AGENTS.md"),
            files.Variable("OPENCODE_CONFIG_DIR") is { Length: > 0 } folder ? Path.Combine(folder, "AGENTS.md") : null,
            readsClaude ? Path.Combine(files.Home, ".claude", "CLAUDE.md") : null,
        ];
        return new InstructionSources(files.Home, [.. own.OfType<string>()], config.Instructions, readsClaude) { OfLocation = [.. config.Instructions.Except(configs.Server.Instructions, StringComparer.Ordinal)] };
    }
}
