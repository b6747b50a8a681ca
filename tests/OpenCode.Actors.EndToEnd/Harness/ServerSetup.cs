using System.Text.Json.Nodes;

namespace OpenCode.Actors.EndToEnd.Harness;

/// <summary>How a server is started for a test.</summary>
internal sealed record ServerSetup
{
    /// <summary>Gets the folder for data, project and configuration; the caller keeps it over restarts.</summary>
    public required TempFolder Folder { get; init; }

    /// <summary>Gets the port; 0 lets the server choose.</summary>
    public int Port { get; init; }

    /// <summary>Gets the configuration, in the shape of <c>opencode.json</c>.</summary>
    public JsonObject? Config { get; init; }

    public IReadOnlyList<string> Arguments { get; init; } = [];

    public string? Password { get; init; }

    /// <summary>Gets the secret that the nodes of a cluster share.</summary>
    public string? Secret { get; init; }

    /// <summary>Gets words before the command: a program that starts the server in a changed environment.</summary>
    public IReadOnlyList<string> Within { get; init; } = [];

    /// <summary>Gets a value indicating whether the real opencode is started instead of ours: the proofs are tried on it.</summary>
    public bool IsOpenCode { get; init; }

    /// <summary>Gets the program: the one that was built with these tests, if nothing else is said.</summary>
    public string ServerDll { get; init; } = Repository.ServerDll;

    public string DataFolder { get => field ?? System.IO.Path.Combine(Folder.Path, "data"); init; }

    /// <summary>Gets the server's working directory, the location of sessions that name none.</summary>
    public string Project => Folder.Sub(ProjectName);

    /// <summary>Gets the name of that directory in the folder.</summary>
    public string ProjectName { get; init; } = "project";

    public string? TemporaryFolder { get; init; }

    public IReadOnlyDictionary<string, string?> Environment => new Dictionary<string, string?>
    {
        ["HOME"] = Folder.Sub("home"),
        ["XDG_CONFIG_HOME"] = null,
        ["XDG_DATA_HOME"] = null,
        ["OPENCODE_CONFIG"] = IsOpenCode ? ConfigFile : null,
        ["OPENCODE_SERVER_USERNAME"] = null,
        ["OPENCODE_SERVER_PASSWORD"] = Password,
        ["OPENCODE_CLUSTER_SECRET"] = Secret,
        ["TMPDIR"] = TemporaryFolder ?? System.Environment.GetEnvironmentVariable("TMPDIR"),
        ["OPENCODE_DISABLE_AUTOUPDATE"] = "1",
        ["OPENCODE_DISABLE_MODELS_FETCH"] = "1",
    };

    private string ConfigFile => System.IO.Path.Combine(Folder.Path, "opencode.json");

    /// <summary>Writes the configuration and lists the words of the command.</summary>
    public IEnumerable<string> Command()
    {
        // Nodes that share the folder may start at the same time: none reads half of it.
        var written = System.IO.Path.Combine(Folder.Path, $"{Guid.NewGuid():N}.json");
        File.WriteAllText(written, (Config ?? []).ToJsonString());
        File.Move(written, ConfigFile, overwrite: true);
        return IsOpenCode
            ? [.. Within, Repository.Clients.OpenCode, "serve", "--port", $"{Port}", "--hostname", "127.0.0.1", .. Arguments]
            : [.. Within, "dotnet", ServerDll, "serve", "--port", $"{Port}", "--data", DataFolder, .. Config is null ? Array.Empty<string>() : ["--config", ConfigFile], .. Arguments];
    }

    /// <summary>Makes a setup whose event streams have the given timings and sizes.</summary>
    public ServerSetup WithEventStream(params (string Key, int Value)[] settings) => With("event_stream", settings);

    private ServerSetup With(string section, IEnumerable<(string Key, int Value)> settings)
    {
        var config = Config?.DeepClone().AsObject() ?? [];
        if (config["server"] is not JsonObject server)
            config["server"] = server = [];
        server[section] = new JsonObject(settings.Select(s => KeyValuePair.Create<string, JsonNode?>(s.Key, s.Value)));
        return this with { Config = config };
    }
}
