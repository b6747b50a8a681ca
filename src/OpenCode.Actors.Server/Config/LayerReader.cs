using System.Collections.ObjectModel;
using System.Text.Json.Nodes;

namespace OpenCode.Actors.Server.Config;

/// <summary>Reads layers from files, one after the other, and collects the mistakes of each.</summary>
internal sealed class LayerReader(IConfigSource files, ICollection<ConfigMistake> mistakes)
{
    private List<ConfigLayer> _layers = [];

    /// <summary>Gets a value indicating whether the layers are of a location, which may not set <c>server</c>.</summary>
    public bool IsOfLocation { get; init; }

    /// <summary>Takes what was read since the last time.</summary>
    public IReadOnlyList<ConfigLayer> Take()
    {
        var taken = _layers;
        _layers = [];
        return taken;
    }

    /// <summary>Adds a file, if it is there.</summary>
    public void AddFile(string path, bool mustExist = false)
    {
        if (Read(path) is { } text)
            AddText(path, text);
        else if (mustExist && !mistakes.Any(m => m.Source == path))
            mistakes.Add(new ConfigMistake(path, "", "does not exist: create it, or name another file."));
    }

    /// <summary>Adds the text of an <c>opencode.json</c>.</summary>
    public void AddText(string source, string text)
    {
        if (ConfigText.Parse(text, source, mistakes) is not { } json)
            return;

        var references = new ConfigReferences(source, files, mistakes);
        references.Replace(json);
        Add(source, json, references.Unset, references);
    }

    /// <summary>Adds the commands, agents and modes that a folder has as Markdown.</summary>
    public void AddMarkdown(string folder)
    {
        foreach (var kind in (string[])["commands", "command", "agents", "agent", "modes", "mode"])
        {
            var root = Path.Combine(folder, kind);
            foreach (var path in List(root).Where(path => !kind.StartsWith("mode", StringComparison.Ordinal) || Path.GetDirectoryName(path) == root))
            {
                if (Read(path) is { } text && FrontMatter.Read(text, path, mistakes) is var (head, body))
                    Add(path, MarkdownLayer.Of(kind.TrimEnd('s'), Path.GetRelativePath(root, path)[..^".md".Length], head, body), ReadOnlyDictionary<string, string>.Empty);
            }
        }
    }

    /// <summary>Adds what was read.</summary>
    public void Add(string source, JsonObject json, IReadOnlyDictionary<string, string> unset, ConfigReferences? references = null)
    {
        ConfigSchema.Read(json, source, mistakes); // each by itself, so that a mistake names the file it stands in
        UnknownKeys.Find(json, source, mistakes);
        if (IsOfLocation && json.Remove("server"))
            mistakes.Add(new ConfigMistake(source, "server", "a location's file may not set this; move it to the user's own file or to the one of --config."));

        ConfigNormalization.Normalise(json);
        _layers.Add(new ConfigLayer(source, json, unset) { Variables = references?.Variables ?? [], Referenced = references?.Texts ?? [] });
    }

    private string? Read(string path)
    {
        try
        {
            return files.ReadText(path);
        }
        catch (IOException e)
        {
            mistakes.Add(new ConfigMistake(path, "", $"cannot be read: {e.Message}"));
            return null;
        }
    }

    private IReadOnlyList<string> List(string folder)
    {
        try
        {
            return files.Markdown(folder);
        }
        catch (IOException e)
        {
            mistakes.Add(new ConfigMistake(folder, "", $"cannot be read: {e.Message}"));
            return [];
        }
    }
}
