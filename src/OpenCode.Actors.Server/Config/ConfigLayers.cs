using System.Text.Json.Nodes;

namespace OpenCode.Actors.Server.Config;

/// <summary>Which files make the configuration, lowest first: the user's own, <c>OPENCODE_CONFIG</c> or <c>--config</c>, then the location's.</summary>
internal static class ConfigLayers
{
    private static readonly string[] Names = ["opencode.json", "opencode.jsonc"];

    /// <summary>Reads the layers that hold for the whole server. <paramref name="named"/>, when given, must exist.</summary>
    public static JsonObject Server(IConfigSource files, string? named, ICollection<ConfigMistake> mistakes)
    {
        var merged = new JsonObject();
        var folder = Path.Combine(files.Variable("XDG_CONFIG_HOME") is { Length: > 0 } xdg ? xdg : Path.Combine(files.Home, ".config"), "opencode");
        foreach (var name in Names)
        {
            Add(ref merged, Path.Combine(folder, name), files, mistakes, mustExist: false);
        }

        if ((named ?? files.Variable("OPENCODE_CONFIG")) is { Length: > 0 } path)
        {
            Add(ref merged, Path.GetFullPath(path), files, mistakes, mustExist: true);
        }

        return merged;
    }

    /// <summary>Reads the layer of one location, which may not set <c>server</c>.</summary>
    public static JsonObject Location(IConfigSource files, string location, ICollection<ConfigMistake> mistakes)
    {
        var merged = new JsonObject();
        foreach (var name in Names)
        {
            var path = Path.Combine(location, name);
            Add(ref merged, path, files, mistakes, mustExist: false);
            if (merged.Remove("server"))
            {
                mistakes.Add(new ConfigMistake(path, "server", "a location's file may not set this; move it to the user's own file or to the one of --config."));
            }
        }

        return merged;
    }

    private static void Add(ref JsonObject merged, string path, IConfigSource files, ICollection<ConfigMistake> mistakes, bool mustExist)
    {
        try
        {
            if (files.ReadText(path) is not { } text)
            {
                if (mustExist)
                {
                    mistakes.Add(new ConfigMistake(path, "", "does not exist."));
                }

                return;
            }

            if (ConfigText.Parse(text, path, mistakes) is { } json)
            {
                new ConfigReferences(path, files, mistakes).Replace(json);
                ConfigSchema.Read(json, path, mistakes); // each file by itself, so that a mistake names the file it stands in
                merged = ConfigMerge.Over(merged, json);
            }
        }
        catch (IOException e)
        {
            mistakes.Add(new ConfigMistake(path, "", $"cannot be read: {e.Message}"));
        }
    }
}
