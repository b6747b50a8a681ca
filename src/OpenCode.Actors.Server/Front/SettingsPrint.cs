using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using OpenCode.Actors.Server.Config;

namespace OpenCode.Actors.Server.Front;

/// <summary>A fingerprint of a server's settings: the configuration files of all locations, the files that they name, and the variables of opencode. It shows that two servers have the same settings without showing them.</summary>
internal sealed class SettingsPrint
{
    private const string Prefix = "OPENCODE_";
    private const string File = "the file ";
    private const string Variable = "the variable ";

    // Left out: each front has a password of its own; a cluster has no fronts; the others name the program that started the server, and change nothing here.
    private static readonly FrozenSet<string> _ignored = FrozenSet.Create(StringComparer.Ordinal,
    [
        "OPENCODE_SERVER_PASSWORD", "OPENCODE_SERVER_USERNAME", "OPENCODE_CLUSTER_SECRET",
        "OPENCODE_CALLER", "OPENCODE_CLIENT", "OPENCODE_PID", "OPENCODE_PROCESS_ROLE", "OPENCODE_RUN_ID", "OPENCODE_TERMINAL",
    ]);

    private readonly IReadOnlyDictionary<string, string> _values;

    private SettingsPrint(IReadOnlyDictionary<string, string> values) => _values = values;

    /// <summary>Reads the settings as the server does.</summary>
    /// <param name="files">Where configuration comes from.</param>
    /// <param name="named">The file of <c>--config</c>.</param>
    /// <param name="environment">All variables of the process.</param>
    public static SettingsPrint Take(IConfigSource files, string? named, IEnumerable<KeyValuePair<string, string>> environment)
    {
        var read = new Recorder(files);
        ConfigLayers.Server(read, named, []);
        foreach (var (name, value) in environment)
        {
            if (name.StartsWith(Prefix, StringComparison.Ordinal) && !_ignored.Contains(name))
                read.Values[Variable + name] = value;
        }

        return new SettingsPrint(read.Values);
    }

    /// <summary>Hashes each setting with a key: without the key the hashes cannot be compared.</summary>
    /// <param name="key">A secret.</param>
    public IReadOnlyDictionary<string, string> Seal(string key) => _values.ToDictionary(
        static pair => pair.Key,
        pair => Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes(pair.Value))),
        StringComparer.Ordinal);

    /// <summary>Returns where these settings differ from those that were sealed; never a value.</summary>
    /// <param name="sealedOnes">The settings of the holder.</param>
    /// <param name="key">The secret they were sealed with.</param>
    /// <returns>One line for each difference, in the order of their names.</returns>
    public IReadOnlyList<string> DifferencesTo(IReadOnlyDictionary<string, string> sealedOnes, string key)
    {
        var own = Seal(key);
        return [.. own.Keys.Union(sealedOnes.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal)
            .Select(name => (Name: name, Here: own.GetValueOrDefault(name), There: sealedOnes.GetValueOrDefault(name)))
            .Where(static setting => setting.Here != setting.There)
            .Select(static setting => setting switch
            {
                { Here: null } when IsFile(setting.Name) => $"{setting.Name}, which that server has read, is not read here",
                { There: null } when IsFile(setting.Name) => $"{setting.Name} is read here, but that server has not read it: it was made since that one started, or is not named there",
                { Here: null } => $"{setting.Name} is set there, not here",
                { There: null } => $"{setting.Name} is set here, not there",
                _ => $"{setting.Name} is not what it was when that server read it",
            })];
    }

    private static bool IsFile(string name) => name.StartsWith(File, StringComparison.Ordinal);

    private sealed class Recorder(IConfigSource files) : IConfigSource
    {
        public Dictionary<string, string> Values { get; } = new(StringComparer.Ordinal);

        public string Home => files.Home;

        public string? ReadText(string path) => Note(File + path, files.ReadText(path));

        public bool Exists(string path) => files.Exists(path);

        public IReadOnlyList<string> Markdown(string folder) => files.Markdown(folder);

        // Where files are, their own names say.
        public string? Variable(string name) =>
            name is "XDG_CONFIG_HOME" || _ignored.Contains(name) ? files.Variable(name) : Note(SettingsPrint.Variable + name, files.Variable(name));

        private string? Note(string name, string? value)
        {
            if (value is not null)
                Values[name] = value;
            return value;
        }
    }
}
