using System.Text.Json.Nodes;

namespace OpenCode.Actors.Server.Config;

/// <summary>The configuration of every location: the server's layers, the location's own file, and what was patched in memory for it.</summary>
/// <remarks>A location's file is read when it is asked for, so an edit holds for the next run. Safe for many threads.</remarks>
internal sealed class ConfigCatalog
{
    private const int MostPatchedLocations = 1_000;
    private readonly Lock _lock = new(); // a JsonObject unfolds itself while it is read, so even readers take turns
    private readonly Dictionary<string, JsonObject> _patches = new(StringComparer.Ordinal);
    private readonly IConfigSource _files;
    private readonly JsonObject _server;

    private ConfigCatalog(IConfigSource files, JsonObject server, OpenCodeConfig values)
    {
        _files = files;
        _server = server;
        Server = values;
    }

    /// <summary>Gets what holds for the whole server. Read once, at the start.</summary>
    public OpenCodeConfig Server { get; }

    /// <summary>Reads the server's layers and, to find its mistakes at once, those of the default location.</summary>
    /// <exception cref="ConfigException">Something is wrong; it lists everything.</exception>
    public static ConfigCatalog Open(IConfigSource files, string? named, string defaultLocation)
    {
        var mistakes = new List<ConfigMistake>();
        var server = ConfigLayers.Server(files, named, mistakes);
        ConfigLayers.Location(files, defaultLocation, mistakes);
        ThrowIfAny(mistakes);
        return new ConfigCatalog(files, server, ConfigSchema.Read(server, "configuration", []));
    }

    /// <summary>Returns what holds for a location now.</summary>
    /// <exception cref="ConfigException">The location's own file has mistakes.</exception>
    public EffectiveConfig For(string location)
    {
        var mistakes = new List<ConfigMistake>();
        var own = ConfigLayers.Location(_files, location, mistakes);
        ThrowIfAny(mistakes);
        lock (_lock)
        {
            return Effective(location, own, _patches.GetValueOrDefault(location));
        }
    }

    /// <summary>Changes the configuration of a location in memory, for runs that start from now on.</summary>
    /// <exception cref="ConfigException">The change has mistakes; nothing was changed.</exception>
    public EffectiveConfig Patch(string location, JsonObject change)
    {
        const string Source = "request";
        var mistakes = new List<ConfigMistake>();
        ConfigSchema.Read(change, Source, mistakes);
        if (change.ContainsKey("server"))
        {
            mistakes.Add(new ConfigMistake(Source, "server", "holds for the whole server and is read at its start; change the file and start again."));
        }

        var own = ConfigLayers.Location(_files, location, mistakes);
        lock (_lock)
        {
            var old = _patches.GetValueOrDefault(location);
            if (old is null && _patches.Count == MostPatchedLocations)
            {
                mistakes.Add(new ConfigMistake(Source, "", $"{MostPatchedLocations} locations are patched already; write the change into the location's opencode.json."));
            }

            var patch = ConfigMerge.Over(old ?? [], change);
            var effective = Effective(location, own, patch);
            if (change.ContainsKey("model") && effective.Values.Model is { } model && !effective.Values.Knows(model))
            {
                mistakes.Add(new ConfigMistake(Source, "model", $"'{model}' is not among the configured models; list it in provider.ID.models."));
            }

            ThrowIfAny(mistakes);
            _patches[location] = patch;
            return effective;
        }
    }

    private static void ThrowIfAny(List<ConfigMistake> mistakes)
    {
        if (mistakes.Count > 0)
        {
            throw new ConfigException(mistakes);
        }
    }

    private EffectiveConfig Effective(string location, JsonObject own, JsonObject? patch)
    {
        var merged = ConfigMerge.Over(ConfigMerge.Over(_server, own), patch ?? []);
        return new EffectiveConfig(location, ConfigSchema.Read(merged, "configuration", []));
    }
}
