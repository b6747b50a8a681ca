using System.Collections.ObjectModel;
using System.Text.Json.Nodes;
using OpenCode.Actors.Models.Known;
using OpenCode.Actors.Sessions.Tools;

namespace OpenCode.Actors.Server.Config;

/// <summary>The configuration of every location: the server's layers, those of the location, and its patches in memory.</summary>
/// <remarks>A location's files are looked at when it is asked for, and read when they changed, so an edit holds for the next decision. Safe for many threads.</remarks>
internal sealed class ConfigCatalog
{
    private const string Merged = "configuration";
    private const string Patched = "request";
    private const int MostPatchedLocations = 1_000;
    private const int MostRead = 256;
    private readonly Lock _lock = new(); // a JsonObject unfolds itself while it is read, so even readers take turns
    private readonly IConfigSource _files;
    private readonly ServerLayers _server;
    private readonly Dictionary<string, Read> _read = new(StringComparer.Ordinal);
    private JsonObject _patches = [];

    private ConfigCatalog(IConfigSource files, ServerLayers server)
    {
        _files = files;
        _server = server;
        Secrets.Add(KnownProviders.KeyVariables.Values.SelectMany(static variables => variables));
        Server = Effective(files, LocationLayers.None, null).Values;
    }

    /// <summary>Gets the source of the configuration.</summary>
    public IConfigSource Files => _files;

    /// <summary>Gets the variables that programs of this server must not see: those that hold keys of providers or that some configuration names.</summary>
    public SecretVariables Secrets { get; } = new();

    /// <summary>Gets the configuration of the whole server. Read once, at the start.</summary>
    public OpenCodeConfig Server { get; }

    /// <summary>Gets a sentence for each key of the server's layers, and of the default location's, that has no effect here, and for each provider without its key.</summary>
    public IReadOnlyList<string> WithoutEffect { get; private set; } = [];

    /// <summary>Reads the server's layers and, to find its mistakes at once, those of the default location.</summary>
    /// <exception cref="ConfigException">Something is wrong; it lists everything.</exception>
    public static ConfigCatalog Open(IConfigSource files, string? named, string defaultLocation)
    {
        var mistakes = new List<ConfigMistake>();
        var server = ConfigLayers.Server(files, named, mistakes);
        var own = ConfigLayers.Location(files, defaultLocation, mistakes);
        if (mistakes.TrueForAll(m => m.Key.Length > 0))
        {
            // What a file that cannot be read would have set is not known, and nothing is said about its absence. A key that is wrong already is named once.
            var catalog = new ConfigCatalog(files, server);
            var effective = catalog.Effective(files, own, null);
            catalog.WithoutEffect =
                [.. server.With(own).SelectMany(KeysWithoutEffect.Of).Distinct(StringComparer.Ordinal), .. effective.Values.Providers.Select(static provider => provider.Fault).OfType<string>()];
            mistakes.AddRange(effective.Mistakes.Where(found => !mistakes.Exists(m => (m.Source, m.Key) == (found.Source, found.Key))).ToList());
            ThrowIfAny(mistakes);
            return catalog;
        }

        throw new ConfigException(mistakes);
    }

    /// <summary>Returns the configuration of a location now. Reads its files, and parses them only after a change.</summary>
    /// <exception cref="ConfigException">The location's own files have mistakes.</exception>
    public EffectiveConfig For(string location)
    {
        JsonObject? patch;
        Read? known;
        lock (_lock)
        {
            patch = _patches[location] as JsonObject;
            known = _read.GetValueOrDefault(location);
        }

        if (known is null || known.Patch != patch || !known.Trace.Holds())
            known = ReadAnew(location, patch);

        ThrowIfAny(known.Mistakes);
        return known.Effective!;
    }

    /// <summary>Changes the configuration of a location in memory, for runs that start from now on.</summary>
    /// <exception cref="ConfigException">The change has mistakes; nothing was changed.</exception>
    public EffectiveConfig Patch(string location, JsonObject change)
    {
        lock (_lock)
        {
            var (effective, patches) = WithPatch(location, change);
            ReplacePatches(patches);
            return effective;
        }
    }

    /// <summary>Returns the configuration that a location would have with a change, and the patches of all locations with it. Changes nothing.</summary>
    /// <exception cref="ConfigException">The change has mistakes.</exception>
    public (EffectiveConfig Effective, JsonObject Patches) WithPatch(string location, JsonObject change)
    {
        var mistakes = new List<ConfigMistake>();
        ConfigSchema.Read(change, Patched, mistakes);
        UnknownKeys.Find(change, Patched, mistakes);
        ConfigNormalization.Normalise(change);
        if (change.ContainsKey("server"))
            mistakes.Add(new ConfigMistake(Patched, "server", "holds for the whole server and is read at its start; change the file and start again."));

        var own = ConfigLayers.Location(_files, location, mistakes);
        lock (_lock)
        {
            var patches = _patches.DeepClone().AsObject();
            var old = patches[location] as JsonObject;
            if (old is null && patches.Count == MostPatchedLocations)
                mistakes.Add(new ConfigMistake(Patched, "", $"{MostPatchedLocations} locations are patched already; write the change into the location's opencode.json."));

            var patch = ConfigMerge.Over(old ?? [], change);
            var effective = Effective(_files, own, patch);
            mistakes.AddRange(effective.Mistakes.Where(m => m.Source == Patched));
            ThrowIfAny(mistakes);
            patches[location] = patch.DeepClone();
            return (effective, patches);
        }
    }

    /// <summary>Replaces all patches.</summary>
    /// <param name="patches">A member for each location.</param>
    public void ReplacePatches(JsonObject patches)
    {
        lock (_lock)
            _patches = patches;
    }

    private static void ThrowIfAny(List<ConfigMistake> mistakes)
    {
        if (mistakes.Count > 0)
            throw new ConfigException(mistakes);
    }

    // A location with mistakes is not read for each question either.
    private Read ReadAnew(string location, JsonObject? patch)
    {
        var mistakes = new List<ConfigMistake>();
        var trace = new ConfigTrace(_files);
        var own = ConfigLayers.Location(trace, location, mistakes);
        lock (_lock)
        {
            var read = new Read(trace, patch, mistakes.Count > 0 ? null : Effective(trace, own, patch), mistakes);
            if (_read.Count >= MostRead)
                _read.Clear();
            return _read[location] = read;
        }
    }

    private EffectiveConfig Effective(IConfigSource source, LocationLayers own, JsonObject? patch)
    {
        var layers = _server.With(own);
        Secrets.Add(layers.SelectMany(static layer => layer.Variables));
        if (patch is not null)
            layers.Add(new ConfigLayer(Patched, patch, ReadOnlyDictionary<string, string>.Empty));

        var merged = ConfigLayer.Merge(layers);
        ConfigNormalization.Finish(merged);
        var values = ConfigSchema.Read(merged, Merged, []) with { Referenced = layers.SelectMany(static layer => layer.Referenced).Where(static text => text.Length > 0).ToHashSet(StringComparer.Ordinal) };
        values = values with { McpServers = McpSchema.WithProjectFiles(values.McpServers, [.. own.Files, .. own.Folders], patch) };
        Secrets.Add(values.Providers.SelectMany(static provider => provider.KeyVariables));
        try
        {
            values = ModelMistakes.WithFaults(AvailableProviders.Complete(values, source), layers);
            return new EffectiveConfig(values, [.. ModelMistakes.Find(values, layers), .. AgentMistakes.Find(values, layers)]);
        }
        catch (IOException e)
        {
            return new EffectiveConfig(values, [new ConfigMistake("auth.json", "", e.Message)]);
        }
    }

    private sealed record Read(ConfigTrace Trace, JsonObject? Patch, EffectiveConfig? Effective, List<ConfigMistake> Mistakes);
}
