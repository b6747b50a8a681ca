namespace OpenCode.Actors.Server.Config;

/// <summary>Which files make the configuration, lowest first: the user's own, <c>OPENCODE_CONFIG</c> or <c>--config</c>, then the location's.</summary>
internal static class ConfigLayers
{
    private static readonly string[] _names = ["opencode.json", "opencode.jsonc"];

    /// <summary>Reads the layers that hold for the whole server. <paramref name="named"/>, when given, must exist.</summary>
    public static IReadOnlyList<ConfigLayer> Server(IConfigSource files, string? named, ICollection<ConfigMistake> mistakes)
    {
        var layers = new List<ConfigLayer>();
        foreach (var name in _names)
            Add(layers, Path.Combine(UserFolder(files), name), files, mistakes, mustExist: false);

        if ((named ?? files.Variable("OPENCODE_CONFIG")) is { Length: > 0 } path)
            Add(layers, Path.GetFullPath(path), files, mistakes, mustExist: true);

        return layers;
    }

    /// <summary>Finds the folder of the user's own configuration.</summary>
    public static string UserFolder(IConfigSource files) =>
        Path.Combine(files.Variable("XDG_CONFIG_HOME") is { Length: > 0 } xdg ? xdg : Path.Combine(files.Home, ".config"), "opencode");

    /// <summary>Reads the layer of one location, which may not set <c>server</c>.</summary>
    public static IReadOnlyList<ConfigLayer> Location(IConfigSource files, string location, ICollection<ConfigMistake> mistakes)
    {
        var layers = new List<ConfigLayer>();
        foreach (var name in _names)
        {
            var path = Path.Combine(location, name);
            Add(layers, path, files, mistakes, mustExist: false);
            if (layers.Exists(layer => layer.Source == path && layer.Json.Remove("server")))
                mistakes.Add(new ConfigMistake(path, "server", "a location's file may not set this; move it to the user's own file or to the one of --config."));
        }

        return layers;
    }

    private static void Add(List<ConfigLayer> layers, string path, IConfigSource files, ICollection<ConfigMistake> mistakes, bool mustExist)
    {
        try
        {
            if (files.ReadText(path) is not { } text)
            {
                if (mustExist)
                    mistakes.Add(new ConfigMistake(path, "", "does not exist."));

                return;
            }

            if (ConfigText.Parse(text, path, mistakes) is { } json)
            {
                var references = new ConfigReferences(path, files, mistakes);
                references.Replace(json);
                ConfigSchema.Read(json, path, mistakes); // each file by itself, so that a mistake names the file it stands in
                layers.Add(new ConfigLayer(path, json, references.Unset));
            }
        }
        catch (IOException e)
        {
            mistakes.Add(new ConfigMistake(path, "", $"cannot be read: {e.Message}"));
        }
    }
}
