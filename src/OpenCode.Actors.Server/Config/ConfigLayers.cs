using System.Collections.ObjectModel;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace OpenCode.Actors.Server.Config;

/// <summary>Finds the files and variables of the configuration, lowest first and in opencode's order.</summary>
/// <remarks>
/// <c>config.json</c>, <c>opencode.json</c> and <c>.jsonc</c> of the user's folder; <c>OPENCODE_CONFIG</c> or <c>--config</c>; <c>opencode.json(c)</c> from the worktree's root down to the location;
/// the Markdown of the user's folder; the folders <c>.opencode</c> from the location up to the worktree's root; <c>~/.opencode</c>; <c>OPENCODE_CONFIG_DIR</c>; <c>OPENCODE_CONFIG_CONTENT</c>;
/// <c>OPENCODE_PERMISSION</c>. Those of a location are read when it is asked for, all others at the start.
/// </remarks>
internal static class ConfigLayers
{
    private const string Folder = ".opencode";
    private static readonly string[] _names = ["opencode.json", "opencode.jsonc"];

    /// <summary>Reads the layers that hold for the whole server. <paramref name="named"/>, when given, must exist.</summary>
    public static ServerLayers Server(IConfigSource files, string? named, ICollection<ConfigMistake> mistakes)
    {
        files = new BoundedSource(files);
        var user = UserFolder(files);
        var reader = new LayerReader(files, mistakes);
        foreach (var name in (string[])["config.json", .. _names])
            reader.AddFile(Path.Combine(user, name));

        if ((named ?? files.Variable("OPENCODE_CONFIG")) is { Length: > 0 } path)
            reader.AddFile(Path.GetFullPath(path), mustExist: true);

        var first = reader.Take();
        reader.AddMarkdown(user);
        var markdown = reader.Take();
        AddFolder(reader, Path.Combine(files.Home, Folder));
        if (files.Variable("OPENCODE_CONFIG_DIR") is { Length: > 0 } folder)
            AddFolder(reader, Path.GetFullPath(folder));
        if (files.Variable("OPENCODE_CONFIG_CONTENT") is { Length: > 0 } content)
            reader.AddText("OPENCODE_CONFIG_CONTENT", content);
        if (files.Variable("OPENCODE_PERMISSION") is { Length: > 0 } permission)
            AddPermission(reader, permission, mistakes);
        return new ServerLayers(first, markdown, reader.Take());
    }

    /// <summary>Finds the folder of the user's own configuration.</summary>
    public static string UserFolder(IConfigSource files) =>
        Path.Combine(files.Variable("XDG_CONFIG_HOME") is { Length: > 0 } xdg ? xdg : Path.Combine(files.Home, ".config"), "opencode");

    /// <summary>Reads the layers of one location, which may not set <c>server</c>.</summary>
    public static LocationLayers Location(IConfigSource files, string location, ICollection<ConfigMistake> mistakes)
    {
        if (files.IsSet("OPENCODE_DISABLE_PROJECT_CONFIG"))
            return LocationLayers.None;

        files = new BoundedSource(files);
        var reader = new LayerReader(files, mistakes) { IsOfLocation = true };
        var folders = Upwards(files, location);
        foreach (var folder in folders.AsEnumerable().Reverse())
        {
            foreach (var name in _names)
                reader.AddFile(Path.Combine(folder, name));
        }

        var above = reader.Take();
        foreach (var folder in folders.Select(static folder => Path.Combine(folder, Folder)).Where(folder => folder != Path.Combine(files.Home, Folder)))
            AddFolder(reader, folder);

        return new LocationLayers(above, reader.Take());
    }

    // From the location up to the root of its worktree. Outside of a repository opencode goes up to the root of all, where a file of another user in /tmp could loosen rules: here only the location counts.
    internal static List<string> Upwards(IConfigSource files, string location)
    {
        var folders = new List<string>();
        for (var at = location; at is not null; at = Path.GetDirectoryName(at))
        {
            folders.Add(at);
            if (files.Exists(Path.Combine(at, ".git")))
                return folders;
        }

        return [location];
    }

    private static void AddFolder(LayerReader reader, string folder)
    {
        foreach (var name in _names)
            reader.AddFile(Path.Combine(folder, name));
        reader.AddMarkdown(folder);
    }

    private static void AddPermission(LayerReader reader, string text, ICollection<ConfigMistake> mistakes)
    {
        const string source = "OPENCODE_PERMISSION";
        try
        {
            reader.Add(source, new JsonObject { ["permission"] = ConfigText.ParseAny(text) }, ReadOnlyDictionary<string, string>.Empty);
        }
        catch (JsonException e)
        {
            mistakes.Add(new ConfigMistake(source, "", $"is not valid JSON: {e.Message}"));
        }
    }
}

/// <summary>The layers of the whole server.</summary>
/// <param name="First">Lower than all of a location.</param>
/// <param name="Markdown">Between the two of a location.</param>
/// <param name="Last">Above all of a location.</param>
internal sealed record ServerLayers(IReadOnlyList<ConfigLayer> First, IReadOnlyList<ConfigLayer> Markdown, IReadOnlyList<ConfigLayer> Last)
{
    /// <summary>Inserts the layers of a location, lowest first.</summary>
    public List<ConfigLayer> With(LocationLayers own) => [.. First, .. own.Files, .. Markdown, .. own.Folders, .. Last];
}

/// <summary>The layers of a location.</summary>
/// <param name="Files"><c>opencode.json(c)</c> of the location and of the folders above.</param>
/// <param name="Folders">What is in <c>.opencode</c> there.</param>
internal sealed record LocationLayers(IReadOnlyList<ConfigLayer> Files, IReadOnlyList<ConfigLayer> Folders)
{
    /// <summary>Gets the layers of a location without files: none.</summary>
    public static LocationLayers None { get; } = new([], []);
}
