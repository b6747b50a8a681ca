using System.Text.Json.Nodes;
using OpenCode.Actors.Server.Config;
using OpenCode.Actors.Sessions.Skills;

namespace OpenCode.Actors.Server.Skills;

/// <summary>The skills of each location: the files <c>SKILL.md</c> of its folders and of the user's.</summary>
/// <remarks>Their folders are looked through when they are asked for, and files that changed are read. A file that cannot be read is named and left out. Safe for many threads.</remarks>
internal sealed partial class ConfiguredSkills(ConfigCatalog configs, ILogger<ConfiguredSkills> logger) : ISkillCatalog
{
    private const string FileName = "SKILL.md";
    private const int MostKept = 256;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, CachedSkills> _kept = new(StringComparer.Ordinal);

    public LocationSkills For(string directory)
    {
        string[] further;
        try
        {
            further = [.. configs.For(directory).Values.SkillPaths];
        }
        catch (ConfigException)
        {
            further = []; // Prompts are refused with the mistakes.
        }

        CachedSkills? kept;
        lock (_lock)
            kept = _kept.GetValueOrDefault(directory);
        if (kept is not null && kept.Further.SequenceEqual(further, StringComparer.Ordinal) && kept.Trace.Holds())
            return kept.Skills;

        kept = Read(directory, further);
        foreach (var fault in kept.Skills.Faults)
            LogLeftOut(logger, fault);
        lock (_lock)
        {
            if (_kept.Count >= MostKept)
                _kept.Clear();
            _kept[directory] = kept;
        }

        return kept.Skills;
    }

    private CachedSkills Read(string directory, string[] further)
    {
        var trace = new ConfigTrace(configs.Files);
        var files = new BoundedSource(trace);
        var skills = new Dictionary<string, Skill>(StringComparer.Ordinal);
        var faults = new List<ConfigMistake>();
        foreach (var folder in SkillFolders.Of(trace, directory, further))
        {
            foreach (var path in Try(folder, () => files.Markdown(folder), faults) ?? [])
            {
                if (Path.GetFileName(path) == FileName && Try(path, () => files.ReadText(path), faults) is { } text && SkillOf(path, text, faults) is { } skill)
                    skills[skill.Name] = skill;
            }
        }

        return new CachedSkills(trace, further, new LocationSkills(
            [.. skills.Values.OrderBy(static skill => skill.Name, StringComparer.Ordinal)],
            [.. faults.Select(static fault => fault.ToString()).Distinct(StringComparer.Ordinal)]));
    }

    private static Skill? SkillOf(string path, string text, List<ConfigMistake> faults)
    {
        if (FrontMatter.Read(text, path, faults) is not var (head, body))
            return null;

        var name = TextOf("name");
        if (string.IsNullOrWhiteSpace(name))
        {
            faults.Add(new ConfigMistake(path, "name", "is missing: begin the file with ---, name: and description:, and ---."));
            return null;
        }

        return new Skill(name, TextOf("description"), path, body);

        string? TextOf(string key) => head[key] is JsonValue value && value.TryGetValue(out string? found) ? found : null;
    }

    private static T? Try<T>(string path, Func<T?> read, List<ConfigMistake> faults)
        where T : class
    {
        try
        {
            return read();
        }
        catch (IOException e)
        {
            faults.Add(new ConfigMistake(path, "", $"cannot be read: {e.Message}"));
            return null;
        }
    }

    [LoggerMessage(EventId = 5050, Level = LogLevel.Warning, Message = "A skill is left out: {Fault}")]
    private static partial void LogLeftOut(ILogger logger, string fault);

    private sealed record CachedSkills(ConfigTrace Trace, string[] Further, LocationSkills Skills);
}
