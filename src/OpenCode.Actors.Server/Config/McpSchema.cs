using System.Text.Json;
using System.Text.Json.Nodes;
using OpenCode.Actors.Sessions.Tools.Servers;

namespace OpenCode.Actors.Server.Config;

/// <summary>Reads section <c>mcp</c>.</summary>
internal static class McpSchema
{
    private static readonly TimeSpan _connect = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan _call = TimeSpan.FromSeconds(60);

    /// <summary>Reads the servers. One with <c>enabled</c> alone changes the server of another layer, and is none by itself.</summary>
    /// <param name="servers">The section.</param>
    /// <param name="experimental">Section <c>experimental</c>, whose <c>mcp_timeout</c> is that of servers without their own.</param>
    public static IReadOnlyList<ToolServerSpec> Read(ConfigSection? servers, ConfigSection? experimental)
    {
        var general = Timeout(experimental, "mcp_timeout");
        var read = new List<ToolServerSpec>();
        foreach (var name in servers?.Keys ?? [])
        {
            if (servers!.Section(name) is not { } server)
                continue;

            var timeout = Timeout(server, "timeout") ?? general;
            var isEnabled = server.Flag("enabled") != false;
            if (Server(name, server, isEnabled) is { } spec)
                read.Add(spec with { IsEnabled = isEnabled, ConnectTimeout = timeout ?? _connect, CallTimeout = timeout ?? _call });
        }

        return read;
    }

    /// <summary>Notes which servers a file of the project configures: what it sets of them last. A patch replaces that.</summary>
    public static IReadOnlyList<ToolServerSpec> WithProjectFiles(IReadOnlyList<ToolServerSpec> servers, IReadOnlyList<ConfigLayer> ofProject, JsonObject? patch) =>
    [
        .. servers.Select(server => server with
        {
            ProjectFile = patch?["mcp"]?[server.Name]?["type"] is null ? ofProject.LastOrDefault(layer => layer.Sets(["mcp", server.Name]))?.Source : null,
        }),
    ];

    private static ToolServerSpec? Server(string name, ConfigSection server, bool isEnabled)
    {
        switch (server.Text("type"))
        {
            case "local":
                var command = server.Texts("command");
                if (command.Count > 0 && command[0].Length > 0)
                    return new LocalToolServer(name, command) { Folder = server.Text("cwd"), Environment = Values(server.Section("environment")) };
                if (isEnabled)
                    server.Wrong("command", "give the program and its arguments, a list of strings.");
                return null;
            case "remote":
                CheckOAuth(server);
                if (server.Text("url") is { } text && Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https")
                    return new RemoteToolServer(name, url) { Headers = Headers(server) };
                if (isEnabled)
                    server.Wrong("url", "give an absolute http or https URL.");
                return null;
            case { } type:
                server.Wrong("type", $"'{type}' is unknown. Give local or remote.");
                return null;
            case null:
                return null;
        }
    }

    private static void CheckOAuth(ConfigSection server)
    {
        if (server["oauth"] is { } oauth && oauth.GetValueKind() != JsonValueKind.False)
            server.Wrong("oauth", "logins by OAuth are not supported here. Give a token in headers, or set this to false.");
    }

    private static Dictionary<string, string> Headers(ConfigSection server)
    {
        var headers = Values(server.Section("headers"));
        foreach (var (name, value) in headers)
        {
            if (name.Length == 0 || name.Any(static sign => sign is <= ' ' or > '~' or ':') || value.Any(static sign => sign is < ' ' or > '~'))
                server.Wrong($"headers.{name}", "is no header: a name and a value of printable ASCII.");
        }

        return headers;
    }

    private static Dictionary<string, string> Values(ConfigSection? section)
    {
        var read = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in section?.Keys ?? [])
        {
            if (section!.Text(name) is { } value)
                read[name] = value;
        }

        return read;
    }

    private static TimeSpan? Timeout(ConfigSection? section, string key) =>
        section?.Whole(key, 1, int.MaxValue, "milliseconds") is { } milliseconds ? TimeSpan.FromMilliseconds(milliseconds) : null;
}
